// The lock: what packages/*.json pins of engines, models, toolchains and tools.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace inferometer::packages {

struct LockedFile {
  std::string name;  ///< file name in the registry: "onnxruntime-1.32.0-cp311-...whl"
  std::string sha256;
  std::string machine;  ///< "x86_64"; "any"
  std::int64_t bytes = 0;
};
struct Member {
  std::string path;  ///< inside the downloaded file, kept as it is below the installed folder
  std::string sha256;
  bool library = false;  ///< the library a worker opens
  bool program = false;  ///< the program of a tool
};
struct LockedVersion {
  std::string version;
  std::string requirement;  ///< of the client: "onnxruntime==1.32.0"
  std::vector<LockedFile> files;
  std::vector<Member> members;  ///< what is taken out
  /// Environments only (toolchains, and engines whose worker is written in Python): the CPythons ("3.11")
  /// that `files`, a requirements file for pip, has wheels for.
  std::vector<std::string> pythons;
  std::string environment_folder;  ///< what `files` and `finish` are below: "toolchains", "workers"
  /// Script that is run once in the new environment with its folder of libraries; empty: none.
  std::string finish;
};
/// It is a whole Python environment, not files taken out of a wheel.
inline bool is_environment(const LockedVersion& version) { return !version.pythons.empty(); }

/// One file of packages/.
struct LockedPackage {
  std::string name;  ///< "onnxruntime", "minilm"
  std::string kind;  ///< "engine", "model", "toolchain", "tool"
  std::string summary;
  std::string licence;
  std::string registry;                 ///< "pypi"
  std::vector<LockedVersion> versions;  ///< newest first
};

/// The lock. Throws base::UserError for a broken lock file.
std::vector<LockedPackage> read_lock(const std::filesystem::path& folder);

}  // namespace inferometer::packages
