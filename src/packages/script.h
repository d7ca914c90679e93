// Scripts of the toolchains: run in the environment that was installed for them, asked and answered in JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"
#include "packages/installed.h"

namespace inferometer::packages {

/// An installed toolchain and its scripts.
struct Toolchain {
  std::string version;                ///< of the lock
  std::filesystem::path environment;  ///< see interpreter_of
  std::filesystem::path scripts;      ///< the folder of its requirements file, below toolchains/
};
/// `package`: its name in the lock. Throws base::UserError: `purpose` ("pictures are read by libraries"), and
/// the line that installs them.
Toolchain find_toolchain(const Installed& store, const std::string& package, const std::string& purpose);

struct ScriptCall {
  std::string script;  ///< "tokenize_texts.py"
  base::Json job;
  std::uint64_t data_limit_bytes = std::uint64_t{8} << 30;
  std::chrono::minutes deadline{10};
  std::function<void(const std::string&)> notify;  ///< gets each sentence that the script tells; may be empty
};
struct ScriptReply {
  base::Json answer;
  std::int64_t peak_rss_bytes = 0;
};
/// Throws base::UserError with the script's message: `{"error": ...}` and exit 2 of the script, or how it
/// ended otherwise.
ScriptReply run_script(const Toolchain& toolchain, const ScriptCall& call);

}  // namespace inferometer::packages
