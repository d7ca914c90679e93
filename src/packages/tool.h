// Tools: programs of others that are run as processes of their own.
#pragma once

#include <filesystem>
#include <string>

#include "packages/installed.h"

namespace inferometer::packages {

/// The program of the newest installed version of `package`, as an absolute path. Throws base::UserError:
/// `purpose` ("the record is queried with DuckDB"), and the line that installs it.
std::filesystem::path find_program(const Installed& store, const std::string& package,
                                   const std::string& purpose);

}  // namespace inferometer::packages
