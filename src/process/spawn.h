// From a request to a running program: fork, set up, exec.
#pragma once

#include <string>

#include "process/descriptor.h"
#include "process/process.h"

namespace inferometer::process {

/// A program that runs, and our ends of what ties it to us.
struct Spawned {
  int pid = -1;
  Descriptor exit;      ///< a pidfd: readable when the program has ended
  Descriptor commands;  ///< channel, to write; closed without one
  Descriptor replies;   ///< channel, to read; closed without one
  Descriptor output;
  Descriptor error;
};

/// Returns after exec has succeeded: session, limits and affinity are then in force. `mark` becomes the value
/// of kMarkVariable. Throws base::UserError naming program and reason; no process is left then.
Spawned spawn(const SpawnRequest& request, const std::string& mark);

}  // namespace inferometer::process
