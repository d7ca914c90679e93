#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "packages/installed.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr int kSchema = 1;
constexpr std::uint64_t kLimitBytes = 16u << 20;

/// An object of a lock file that knows where it is, so that every message can say so.
class Place {
 public:
  Place(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) fail("must be an object");
  }

  [[noreturn]] void fail(const std::string& reason) const { throw base::UserError(where_ + ": " + reason); }

  void allow_only(const std::vector<std::string>& keys) const {
    for (const auto& item : json_.items()) {
      if (std::ranges::find(keys, item.key()) == keys.end())
        fail(base::unknown_word("key", item.key(), keys));
    }
  }

  std::string text(const char* key) const {
    const Json& value = required(key);
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
      fail_value(key, "a text that is not empty");
    return value.get<std::string>();
  }

  std::string one_of(const char* key, const std::vector<std::string>& allowed) const {
    auto word = text(key);
    if (std::ranges::find(allowed, word) == allowed.end()) fail(base::unknown_word(key, word, allowed));
    return word;
  }

  /// A text that becomes a part of a path or of a line for the registry's client.
  std::string word(const char* key, std::string_view more_letters, const char* expected) const {
    auto found = text(key);
    const bool clean = std::ranges::all_of(found, [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             more_letters.find(c) != std::string_view::npos;
    });
    if (!clean || found.front() == '.' || found.front() == '-') fail_value(key, expected);
    return found;
  }

  std::string sha256(const char* key) const {
    auto found = text(key);
    if (found.size() != 64 || found.find_first_not_of("0123456789abcdef") != std::string::npos) {
      fail_value(key, "64 lower-case hexadecimal digits");
    }
    return found;
  }

  std::int64_t bytes(const char* key) const {
    const Json& value = required(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::uint64_t{1} << 50) {
      fail_value(key, "a number of bytes");
    }
    return value.get<std::int64_t>();
  }

  bool flag(const char* key) const {
    if (!json_.contains(key)) return false;
    if (!json_.at(key).is_boolean()) fail_value(key, "true or false");
    return json_.at(key).get<bool>();
  }

  std::vector<std::string> words(const char* key, const char* expected) const {
    const Json& value = required(key);
    if (!value.is_array() || value.empty()) fail_value(key, expected);
    std::vector<std::string> found;
    for (const auto& item : value) {
      if (!item.is_string()) fail_value(key, expected);
      found.push_back(item.get<std::string>());
    }
    return found;
  }

  bool has(const char* key) const { return json_.contains(key); }

  Place object(const char* key) const { return {required(key), where_ + ": " + key}; }

  std::vector<Place> list(const char* key) const {
    const Json& value = required(key);
    if (!value.is_array() || value.empty()) fail_value(key, "a list that is not empty");
    std::vector<Place> places;
    for (const auto& item : value) {
      places.emplace_back(item, where_ + ": " + key + "[" + std::to_string(places.size()) + "]");
    }
    return places;
  }

  [[noreturn]] void fail_value(const char* key, const std::string& expected) const {
    fail(std::string("'") + key + "' must be " + expected + ", found " +
         base::printable(base::to_line(json_.at(key)), 80));
  }

 private:
  const Json& required(const char* key) const {
    if (!json_.contains(key)) fail(std::string("'") + key + "' is missing");
    return json_.at(key);
  }

  const Json& json_;
  std::string where_;
};

/// A path that stays below the folder it is put in.
std::string inner_path(const Place& place, const char* key) {
  auto path = place.text(key);
  const auto parts = base::split(path, '/');
  const bool inner = std::ranges::none_of(parts, [](const std::string& part) {
    return part.empty() || part == "." || part == ".." ||
           std::ranges::any_of(part, [](char c) { return c == '\\' || c == ':' || (c >= 0 && c < 0x20); });
  });
  if (!inner) place.fail_value(key, "a path below the folder, with '/' and without '..'");
  return path;
}

template <typename Item>
void require_unique(const Place& place, const std::vector<Item>& items, std::string Item::*key) {
  std::set<std::string> seen;
  for (const auto& item : items) {
    if (!seen.insert(item.*key).second) place.fail("'" + base::printable(item.*key, 80) + "' is there twice");
  }
}

LockedFile read_file_entry(const Place& place) {
  place.allow_only({"name", "sha256", "machine", "bytes"});
  LockedFile file;
  file.name = place.word("name", "._+-", "a file name");
  // Libraries are taken out of the wheels of one Python, whatever Python runs here (README.md beside the
  // lock).
  const bool usable = file.name.ends_with("-none-any.whl") ||
                      file.name.find("-cp311-cp311-") != std::string::npos ||
                      file.name.find("-py3-none-") != std::string::npos;
  if (!file.name.ends_with(".whl") || !usable) {
    place.fail_value("name", "a wheel for CPython 3.11 (cp311-cp311) or for every Python 3 (py3-none)");
  }
  file.sha256 = place.sha256("sha256");
  file.machine = place.one_of("machine", {"any", "x86_64", "aarch64"});
  file.bytes = place.bytes("bytes");
  return file;
}

Member read_member(const Place& place) {
  place.allow_only({"path", "sha256", "library", "program"});
  return {inner_path(place, "path"), place.sha256("sha256"), place.flag("library"), place.flag("program")};
}

LockedVersion read_version(const Place& place) {
  place.allow_only({"version", "requirement", "files", "members"});
  LockedVersion version;
  version.version = place.word("version", "._+-", "a version such as 1.32.0");
  version.requirement = place.word("requirement", "._+-=", "of the form name==version");
  const auto equals = version.requirement.find('=');
  if (equals == std::string::npos || equals == 0 || version.requirement.find("==") != equals ||
      version.requirement.find('=', equals + 2) != std::string::npos ||
      equals + 2 == version.requirement.size()) {
    place.fail_value("requirement", "of the form name==version");
  }
  for (const auto& file : place.list("files")) version.files.push_back(read_file_entry(file));
  require_unique(place, version.files, &LockedFile::machine);
  for (const auto& member : place.list("members")) version.members.push_back(read_member(member));
  require_unique(place, version.members, &Member::path);
  return version;
}

/// An environment is made by pip from one requirements file with hashes, below `folder` of the installation.
LockedVersion read_environment_version(const Place& place, const std::string& folder) {
  place.allow_only({"version", "requirements", "pythons", "finish"});
  LockedVersion version;
  version.environment_folder = folder;
  if (place.has("finish")) version.finish = inner_path(place, "finish");
  version.version = place.word("version", "._+-", "a version such as 1");
  version.pythons = place.words("pythons", "a list of versions of CPython such as \"3.11\"");
  const Place requirements = place.object("requirements");
  requirements.allow_only({"path", "sha256", "machine", "bytes"});
  version.files.push_back({inner_path(requirements, "path"), requirements.sha256("sha256"),
                           requirements.one_of("machine", {"any", "x86_64", "aarch64"}),
                           requirements.bytes("bytes")});
  version.requirement = version.files.front().name;
  return version;
}

LockedPackage read_package(const fs::path& file) {
  const auto json = base::parse_json(base::read_file(file, kLimitBytes), file.string());
  const Place place(json, file.string());
  place.allow_only({"schema", "name", "kind", "summary", "licence", "registry", "versions"});
  if (place.bytes("schema") != kSchema) place.fail_value("schema", std::to_string(kSchema));
  LockedPackage package;
  package.name = place.word("name", "-", "a name of letters, digits and '-'");
  if (package.name != file.stem())
    place.fail_value("name", "that of the file, '" + file.stem().string() + "'");
  package.kind = place.one_of("kind", {"engine", "model", "toolchain", "tool"});
  package.summary = place.text("summary");
  package.licence = place.text("licence");
  package.registry = place.one_of("registry", {"pypi"});
  for (const auto& version : place.list("versions")) {
    const bool is_toolchain = package.kind == "toolchain";
    package.versions.push_back(
        is_toolchain || version.has("requirements")
            ? read_environment_version(version, is_toolchain ? "toolchains" : "workers")
            : read_version(version));
  }
  require_unique(place, package.versions, &LockedVersion::version);
  return package;
}

}  // namespace

std::vector<LockedPackage> read_lock(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (error)
    throw base::UserError(folder.string() + ": the lock of the packages cannot be read: " + error.message());
  if (files.empty()) {
    throw base::UserError(folder.string() +
                          ": holds no lock file (*.json); the installation is not complete");
  }
  std::ranges::sort(files);
  std::vector<LockedPackage> lock;
  for (const auto& file : files) lock.push_back(read_package(file));
  return lock;
}

}  // namespace inferometer::packages
