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
  /// Toolchains only: the CPythons ("3.11") that `files`, a requirements file for pip, has wheels for.
  std::vector<std::string> pythons;
};
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
