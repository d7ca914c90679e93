#include "packages/toolchain.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "packages/marker.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInterpreter = "python3";
constexpr const char* kLibraries = "libraries";
constexpr const char* kMarker = "installed.json";
constexpr std::uint64_t kMarkerLimitBytes = 16u << 20;
/// What a quick look needs: the marker lists tens of thousands of files. Environments made before have none.
constexpr const char* kSummary = "environment.json";
constexpr std::int64_t kLargeFileBytes = 1 << 20;
constexpr const char* kOtherRequirements = "it was made from other requirements than the lock's";
constexpr std::chrono::seconds kAskDeadline(30);
constexpr std::chrono::minutes kInstallDeadline(60);
constexpr std::chrono::minutes kFinishDeadline(10);

/// Version and path of the interpreter itself, behind environments and version switchers.
constexpr const char* kDescribePython =
    "import os, sys; open(sys.argv[1], 'w').write('%d.%d\\n%s' % (*sys.version_info[:2], "
    "os.path.realpath(sys.executable)))";

struct Python {
  std::string version;
  fs::path program;
};

Python describe_python(const fs::path& folder) {
  const auto answer = folder / "python.txt";
  const auto finished = run_python({"-c", kDescribePython, answer.string()}, folder, kAskDeadline);
  if (!succeeded(finished)) throw base::UserError("python3 does not run: " + pip_problem(finished));
  const auto lines = base::split(base::read_file(answer, 64 * 1024), '\n');
  INFEROMETER_CHECK(lines.size() == 2, "two lines of python3");
  return {lines[0], lines[1]};
}

fs::path checked_requirements(const LockedVersion& version) {
  const auto& file = version.files.front();
  const auto path = base::share_folder() / version.environment_folder / file.name;
  if (const auto found = base::sha256_of_file(path); found != file.sha256) {
    throw base::UserError(fmt::format("{}: has sha256 {}, the lock says {}: install the project again",
                                      path.string(), found, file.sha256));
  }
  return path;
}

/// What the marker says the environment was made from.
std::string origin(const LockedVersion& version) {
  return version.requirement + " sha256:" + version.files.front().sha256;
}

/// Every file of the environment as a member, so that the marker can hold them.
LockedVersion with_all_files(const LockedVersion& version, const fs::path& folder) {
  LockedVersion whole = version;
  whole.requirement = origin(version);
  for (const auto& entry : fs::recursive_directory_iterator(folder / kLibraries)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    whole.members.push_back(
        {entry.path().lexically_relative(folder).string(), base::sha256_of_file(entry.path())});
  }
  return whole;
}

void write_summary(const LockedVersion& whole, const fs::path& folder, std::int64_t bytes) {
  auto large = base::Json::object();
  for (const auto& member : whole.members) {
    const auto size = static_cast<std::int64_t>(fs::file_size(folder / member.path));
    if (size >= kLargeFileBytes) large[member.path] = size;
  }
  const base::Json summary = {{"requirement", whole.requirement}, {"bytes", bytes}, {"large_files", large}};
  base::write_file_atomically(folder / kSummary, base::to_line(summary) + "\n");
}

std::string find_damage_at_a_glance(const fs::path& folder, const LockedVersion& version,
                                    std::int64_t& bytes) {
  const auto summary = base::parse_json(base::read_file(folder / kSummary, kMarkerLimitBytes), kSummary);
  if (summary.at("requirement") != origin(version)) return kOtherRequirements;
  for (const auto& [path, size] : summary.at("large_files").items()) {
    std::error_code error;
    if (fs::file_size(folder / path, error) != size.get<std::uintmax_t>() || error)
      return path + ": is missing or has another size";
  }
  bytes = summary.at("bytes").get<std::int64_t>();
  return {};
}

void run_finishing_script(const LockedVersion& version, const fs::path& libraries, const fs::path& folder) {
  if (version.finish.empty()) return;
  const auto script = base::share_folder() / version.environment_folder / version.finish;
  const auto finished = run_python({"-S", script.string(), libraries.string()}, folder, kFinishDeadline);
  if (!succeeded(finished)) {
    throw base::UserError(
        fmt::format("{} cannot be installed: {}: {}", version.requirement, version.finish,
                    finished.timed_out ? "did not end in time" : failure_line(finished.log)));
  }
}

void flush_everything_in(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::syncfs(descriptor);
  ::close(descriptor);
}

}  // namespace

Interpreter interpreter_of(const fs::path& environment_folder) {
  // -S: what is in the folders of that Python has no business here, nor have its start-up hooks.
  return {{(environment_folder / kInterpreter).string(), "-S"},
          {{"PYTHONPATH", (environment_folder / kLibraries).string()},
           {"PYTHONNOUSERSITE", "1"},
           {"PYTHONDONTWRITEBYTECODE", "1"},
           {"PYTHONUTF8", "1"}}};
}

std::int64_t make_environment(const LockedVersion& version, const fs::path& folder,
                              const WorkFolder& work_folder) {
  const auto requirements = checked_requirements(version);
  const Python python = describe_python(work_folder.path());
  if (std::ranges::find(version.pythons, python.version) == version.pythons.end()) {
    throw base::UserError(
        fmt::format("{}: python3 in PATH is CPython {}; the lock has files for {}: put one of these "
                    "first in PATH",
                    version.requirement, python.version, base::join(version.pythons, ", ")));
  }
  // --no-deps: the requirements name all that is used; what else the wheels ask for is not.
  const auto finished =
      run_python({"-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar",
                  "off", "--no-deps", "--only-binary=:all:", "--require-hashes", "--target",
                  (folder / kLibraries).string(), "-r", requirements.string()},
                 work_folder.path(), kInstallDeadline);
  if (!succeeded(finished)) {
    throw base::UserError(version.requirement + " cannot be installed: " + pip_problem(finished));
  }
  run_finishing_script(version, folder / kLibraries, work_folder.path());
  fs::create_symlink(python.program, folder / kInterpreter);
  flush_everything_in(folder);
  const auto whole = with_all_files(version, folder);
  const auto bytes = seal(folder, whole);
  write_summary(whole, folder, bytes);
  return bytes;
}

std::string find_environment_damage(const fs::path& folder, const LockedVersion& version, bool thorough,
                                    std::int64_t& bytes) {
  bytes = 0;
  try {
    if (!fs::exists(folder / kInterpreter)) return "the Python it was made for is gone";
    if (!thorough && fs::exists(folder / kSummary)) return find_damage_at_a_glance(folder, version, bytes);
    const auto marker = base::parse_json(base::read_file(folder / kMarker, kMarkerLimitBytes), kMarker);
    if (marker.at("requirement") != origin(version)) return kOtherRequirements;
    LockedVersion sealed = version;
    for (const auto& [path, file] : marker.at("members").items()) {
      sealed.members.push_back({path, file.at("sha256").get<std::string>()});
    }
    return find_damage(folder, sealed, thorough, bytes);
  } catch (const base::Json::exception&) {
    return std::string(kMarker) + ": does not list what was installed";
  } catch (const base::UserError& error) {
    return error.what();
  }
}

}  // namespace inferometer::packages
