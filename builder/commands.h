// The table of what the builder can do.
#pragma once

#include <string>

#include "base/json.h"

namespace inferometer::builder {

struct Command {
  const char* name;
  /// Throws base::UserError when a file of the user's is wrong.
  base::Json (*run)(const base::Json& request);
};

/// Throws base::UserError for a name that is not in the table.
const Command& find_command(const std::string& name);

}  // namespace inferometer::builder
