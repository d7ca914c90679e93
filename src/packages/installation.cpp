#include "packages/installation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "process/process.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkFolderPrefix = ".working-";
constexpr const char* kNoPython =
    "packages are fetched by Python's pip, and there is no python3 in PATH: apt-get install python3-pip";
constexpr std::chrono::seconds kAskDeadline(30);
constexpr std::chrono::minutes kDownloadDeadline(60);
constexpr std::chrono::minutes kUnpackDeadline(10);

[[noreturn]] void fail(const fs::path& path, const std::string& action) {
  throw base::UserError(path.string() + ": " + action + ": " + base::errno_text(errno));
}

/// Empty when there is none.
fs::path find_python() {
  const char* path = std::getenv("PATH");
  for (const auto& folder : base::split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
    const auto program = fs::path(folder) / "python3";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

}  // namespace

std::string failure_line(const std::string& log) {
  std::string last;
  std::string last_error;
  for (const auto& line : base::split(log, '\n')) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    last = line;
    if (line.starts_with("ERROR: ")) last_error = line == "ERROR: Exception:" ? "" : line.substr(7);
  }
  return base::printable(last_error.empty() ? last : last_error, 500);
}

namespace {

void flush_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

/// "onnx-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl": pip takes a file only when it is
/// asked for one of its platforms.
std::vector<std::string> platforms_of(const std::string& wheel) {
  const auto stem = wheel.substr(0, wheel.size() - std::string_view(".whl").size());
  return base::split(stem.substr(stem.rfind('-') + 1), '.');
}

}  // namespace

process::Finished run_python(std::vector<std::string> arguments, const fs::path& folder,
                             std::chrono::nanoseconds deadline) {
  const auto python = find_python();
  if (python.empty()) throw base::UserError(kNoPython);
  arguments.insert(arguments.begin(), python.string());
  process::SpawnRequest request;
  request.arguments = std::move(arguments);
  request.keep_environment = true;
  request.working_folder = folder.string();         // python -m looks there first: it must be ours
  request.environment["TMPDIR"] = folder.string();  // so that a killed pip leaves nothing where nobody sweeps
  return process::run(request, deadline);
}

std::string pip_problem(const process::Finished& finished) {
  if (finished.log.find("No module named pip") != std::string::npos) {
    return "packages are fetched by Python's pip, and " + find_python().string() +
           " has none: apt-get install python3-pip";
  }
  // Without a network pip ends with "No matching distribution found", which sends the reader the wrong way.
  const bool unreachable = finished.log.find("connection broken by") != std::string::npos;
  return (unreachable ? "the registry cannot be reached, is there a network? pip: " : "pip: ") +
         (finished.timed_out ? "did not end in time" : failure_line(finished.log));
}

bool succeeded(const process::Finished& finished) {
  return !finished.timed_out && !finished.exit.signalled && finished.exit.code == 0;
}

std::string client_problem() {
  if (find_python().empty()) return kNoPython;
  const base::ScratchFolder empty("pip");
  const auto finished = run_python({"-m", "pip", "--version"}, empty.path(), kAskDeadline);
  return succeeded(finished) ? "" : pip_problem(finished);
}

PackageLock::PackageLock(const fs::path& package_folder, const Notify& notify) {
  const auto file = package_folder / ".lock";
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor_ < 0) fail(file, "cannot be opened");
  for (bool first = true; ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0; first = false) {
    const bool held = errno == EWOULDBLOCK;
    if (held && first)
      notify("another process is at work on " + package_folder.string() + "; waiting for it");
    if (held && process::interruptions() == 0) {
      const timespec pause{0, 100'000'000};
      ::nanosleep(&pause, nullptr);
      continue;
    }
    ::close(descriptor_);
    if (held) throw process::Interrupted();
    fail(file, "cannot be locked");
  }
}

PackageLock::~PackageLock() { ::close(descriptor_); }

WorkFolder::WorkFolder(const fs::path& package_folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(package_folder, error)) {
    if (entry.path().filename().string().starts_with(kWorkFolderPrefix)) fs::remove_all(entry.path(), error);
  }
  std::string pattern = (package_folder / (std::string(kWorkFolderPrefix) + "XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) fail(package_folder, "cannot be written to");
  path_ = pattern;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

const LockedFile& file_for_this_machine(const LockedPackage& package, const LockedVersion& version) {
  utsname system{};
  ::uname(&system);
  std::vector<std::string> machines;
  for (const auto& file : version.files) {
    if (file.machine == "any" || file.machine == system.machine) return file;
    machines.push_back(file.machine);
  }
  throw base::UserError(fmt::format("{} {} cannot be installed on {}: the lock has files for {} only",
                                    package.name, version.version, system.machine,
                                    base::join(machines, ", ")));
}

fs::path download(const LockedVersion& version, const LockedFile& file, const fs::path& folder) {
  const auto requirements = folder / "requirements.txt";
  base::write_file_atomically(requirements, version.requirement + " --hash=sha256:" + file.sha256 + "\n");
  // The native library inside is what we want: pip is asked for the wheel of one Python on any machine.
  std::vector<std::string> arguments = {"-m",
                                        "pip",
                                        "download",
                                        "--no-input",
                                        "--disable-pip-version-check",
                                        "--progress-bar",
                                        "off",
                                        "--no-deps",
                                        "--only-binary=:all:",
                                        "--require-hashes",
                                        "-r",
                                        requirements.string(),
                                        "--python-version",
                                        "3.11",
                                        "--implementation",
                                        "cp",
                                        "--abi",
                                        "cp311"};
  for (const auto& platform : platforms_of(file.name)) {
    arguments.insert(arguments.end(), {"--platform", platform});
  }
  arguments.insert(arguments.end(), {"-d", folder.string()});
  const auto finished = run_python(std::move(arguments), folder, kDownloadDeadline);
  if (!succeeded(finished)) {
    throw base::UserError(version.requirement + " cannot be fetched: " + pip_problem(finished));
  }
  const auto wheel = folder / file.name;
  if (!fs::is_regular_file(fs::symlink_status(wheel)) || base::sha256_of_file(wheel) != file.sha256) {
    throw base::UserError(version.requirement + " cannot be fetched: pip brought no " + file.name +
                          " with the sha256 of the lock");
  }
  return wheel;
}

void unpack(const fs::path& wheel, const LockedVersion& version, const fs::path& folder) {
  std::vector<std::string> arguments = {(base::share_folder() / "packages" / "unpack.py").string(),
                                        wheel.string(), folder.string()};
  for (const auto& member : version.members) arguments.push_back(member.path);
  const auto finished = run_python(std::move(arguments), folder, kUnpackDeadline);
  if (!succeeded(finished)) {
    throw base::UserError(version.requirement + " cannot be unpacked: " +
                          (finished.timed_out ? "did not end in time" : failure_line(finished.log)));
  }
}

void move_into_place(const fs::path& made, const fs::path& target, const WorkFolder& work_folder) {
  if (fs::exists(fs::symlink_status(target)) &&
      ::rename(target.c_str(), (work_folder.path() / "replaced").c_str()) != 0) {
    fail(target, "the damaged folder cannot be moved away");
  }
  flush_folder(made);
  if (::rename(made.c_str(), target.c_str()) != 0) fail(target, "cannot be made");
  flush_folder(target.parent_path());
}

}  // namespace inferometer::packages
