// Python environments that pip makes from a requirements file with hashes: toolchains, and engines whose
// worker is written in Python. Unlike the wheel of another engine, whose library alone is used, their wheels
// are those of the Python that is going to import them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "packages/installation.h"
#include "packages/installed.h"

namespace inferometer::packages {

/// How an environment is used: the interpreter and the variables that point it to the libraries.
struct Interpreter {
  std::vector<std::string> argv;  ///< its program and options; what it runs comes behind
  std::map<std::string, std::string> environment;
};
Interpreter interpreter_of(const std::filesystem::path& environment_folder);

/// Makes `folder`/python3, a link to the interpreter of PATH, and `folder`/libraries for it, and writes the
/// marker with every file. Not a venv: that needs one more system package and its scripts name the folder
/// they were made in. Returns the bytes of all files. Throws base::UserError: another Python than the lock's,
/// a requirements file other than the lock's, what pip or the
/// finishing script says.
std::int64_t make_environment(const LockedVersion& version, const std::filesystem::path& folder,
                              const WorkFolder& work_folder);

/// As find_damage, for an environment: files against the marker, the interpreter, the requirements it was
/// made from.
std::string find_environment_damage(const std::filesystem::path& folder, const LockedVersion& version,
                                    bool thorough, std::int64_t& bytes);

}  // namespace inferometer::packages
