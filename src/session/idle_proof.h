// A worker that is not stopped while others are measured proves that it rests.
#pragma once

#include <cstdint>
#include <string>

#include "process/process.h"

namespace inferometer::session {

class IdleProof {
 public:
  /// Both look for descendants anew: nobody stops the worker from starting one at any time.
  void begin(process::Child& child);
  /// "" when the CPU time of the whole tree since `begin` is under 1 % of the time that has passed, else why
  /// it is no proof.
  std::string end(process::Child& child) const;

 private:
  std::int64_t begin_ns_ = 0;
  std::int64_t cpu_at_begin_ns_ = 0;
};

}  // namespace inferometer::session
