// Engines, models, toolchains and tools from package registries, pinned by the lock in packages/*.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
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
/// How such an environment is used: the interpreter and the variables that point it to the libraries.
struct Interpreter {
  std::vector<std::string> argv;  ///< its program and options; what it runs comes behind
  std::map<std::string, std::string> environment;
};
Interpreter interpreter_of(const std::filesystem::path& environment_folder);

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

/// What keeps the client of the registry (pip) from running here, with the line that installs it; empty when
/// it runs.
std::string client_problem();

enum class State { NotInstalled, Installed, Damaged };
struct Installed {
  State state = State::NotInstalled;
  std::string version;
  std::filesystem::path folder;  ///< root of the members; of an environment: `python3` and `libraries/`
  std::string problem;           ///< for Damaged: "libonnxruntime.so.1.32.0: sha256 differs"
  std::int64_t bytes = 0;        ///< of all members, unless NotInstalled
};

/// The store of installed packages: cache_folder()/packages/NAME/VERSION.
class Store {
 public:
  Store(std::filesystem::path root, std::vector<LockedPackage> lock);
  /// With the user's folders and the shipped lock.
  static Store open();

  const std::vector<LockedPackage>& lock() const { return lock_; }
  /// "onnxruntime" or "onnxruntime@1.31.0"; throws base::UserError (nearest name, known versions).
  struct Selection {
    const LockedPackage* package;
    const LockedVersion* version;
  };
  Selection select(const std::string& name_at_version) const;

  /// Quick: sizes and presence (from the marker that the installation wrote last). `thorough`: hashes too.
  Installed state(const LockedPackage&, const LockedVersion&, bool thorough) const;
  /// Installed and undamaged versions, newest first; empty for a package that the lock does not have.
  std::vector<Installed> installed(const std::string& name) const;

  struct InstallReport {
    bool already_there = false;  ///< every sha256 was right, nothing was fetched
    double seconds_network = 0;
    double seconds_unpack = 0;
    std::int64_t bytes = 0;  ///< of the installed members
    std::filesystem::path folder;
  };
  /// Downloads by the registry's ordinary client, checks sha256, unpacks the members into a new folder,
  /// checks them, renames it into place. A half-made folder is never used; a damaged one is replaced. Waits
  /// while another process installs the same package. `tell` gets one sentence for each step that takes time.
  /// Throws base::UserError: no file for this machine, no python3 or pip, pip's last line, a wrong sha256.
  InstallReport install(const Selection&, const std::function<void(const std::string&)>& tell);
  /// Damaged ones too. False when it was not installed.
  bool remove(const Selection&);

 private:
  std::filesystem::path folder(const LockedPackage& package, const LockedVersion& version) const;

  std::filesystem::path root_;
  std::vector<LockedPackage> lock_;
};

}  // namespace inferometer::packages
