// Toolchains: Python environments that pip makes from a requirements file with hashes. Unlike the wheel of an
// engine, whose library alone is used, their wheels are those of the Python that is going to import them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "packages/installation.h"
#include "packages/installed.h"

namespace inferometer::packages {

bool is_toolchain(const LockedVersion& version);

/// Makes `folder`/python3, a link to the interpreter of PATH, and `folder`/libraries for it, and writes the
/// marker with every file. Not a venv: that needs one more system package and its scripts name the folder
/// they were made in. Returns the bytes of all files. Throws base::UserError: another Python than the lock's,
/// a requirements file other than the lock's, what pip says.
std::int64_t make_environment(const LockedVersion& version, const std::filesystem::path& folder,
                              const WorkFolder& work_folder);

/// As find_damage, for a toolchain: files against the marker, the interpreter, the requirements it was made
/// from.
std::string find_environment_damage(const std::filesystem::path& folder, const LockedVersion& version,
                                    bool thorough, std::int64_t& bytes);

}  // namespace inferometer::packages
