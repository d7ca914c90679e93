// Engines, models, toolchains and tools as they are installed from package registries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "packages/lock.h"

namespace inferometer::packages {

enum class State { NotInstalled, Installed, Damaged };
struct InstalledVersion {
  State state = State::NotInstalled;
  std::string version;
  std::filesystem::path folder;  ///< root of the members; of an environment: `python3` and `libraries/`
  std::string problem;           ///< for Damaged: "libonnxruntime.so.1.32.0: sha256 differs"
  std::int64_t bytes = 0;        ///< of all members, unless NotInstalled
};

/// The store of installed packages: cache_folder()/packages/NAME/VERSION.
class Installed {
 public:
  Installed(std::filesystem::path root, std::vector<LockedPackage> lock);
  /// With the user's folders and the shipped lock.
  static Installed open();

  const std::vector<LockedPackage>& lock() const { return lock_; }
  /// "onnxruntime" or "onnxruntime@1.31.0"; throws base::UserError (nearest name, known versions).
  struct Selection {
    const LockedPackage* package;
    const LockedVersion* version;
  };
  Selection select(const std::string& name_at_version) const;

  /// Quick: sizes and presence (from the marker that the installation wrote last; of an environment those of
  /// its large files). `thorough`: hashes too.
  InstalledVersion state(const LockedPackage&, const LockedVersion&, bool thorough) const;
  /// Installed and undamaged versions, newest first; empty for a package that the lock does not have.
  std::vector<InstalledVersion> versions_of(const std::string& name) const;

  struct InstallReport {
    bool already_there = false;  ///< every sha256 was right, nothing was fetched
    double seconds_network = 0;
    double seconds_unpack = 0;
    std::int64_t bytes = 0;  ///< of the installed members
    std::filesystem::path folder;
  };
  /// Downloads by the registry's ordinary client, checks sha256, unpacks the members into a new folder,
  /// checks them, renames it into place. A half-made folder is never used; a damaged one is replaced. Waits
  /// while another process installs the same package. `notify` gets one sentence for each step that takes
  /// time. Throws base::UserError: no file for this machine, no python3 or pip, pip's last line, a wrong
  /// sha256.
  InstallReport install(const Selection&, const std::function<void(const std::string&)>& notify);
  /// Damaged ones too. False when it was not installed.
  bool remove(const Selection&);

 private:
  std::filesystem::path folder(const LockedPackage& package, const LockedVersion& version) const;

  std::filesystem::path root_;
  std::vector<LockedPackage> lock_;
};

}  // namespace inferometer::packages
