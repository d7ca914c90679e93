#include "packages/marker.h"

#include <unistd.h>

#include <system_error>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr const char* kMarker = "installed.json";
constexpr std::uint64_t kMarkerLimitBytes = 16u << 20;

/// -1 when it is no regular file.
std::int64_t size_of(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(file, error))) return -1;
  const auto bytes = fs::file_size(file, error);
  return error ? -1 : static_cast<std::int64_t>(bytes);
}

std::string damage_of(const fs::path& folder, const Member& member, const Json& sealed, bool thorough) {
  const auto bytes = size_of(folder / member.path);
  if (bytes < 0) return member.path + ": is missing";
  const auto expected = sealed.at("bytes").get<std::int64_t>();
  if (bytes != expected) {
    return member.path + ": has " + std::to_string(bytes) + " bytes instead of " + std::to_string(expected);
  }
  if (member.program && ::access((folder / member.path).c_str(), X_OK) != 0) {
    return member.path + ": cannot be run";
  }
  if (thorough && base::sha256_of_file(folder / member.path) != member.sha256) {
    return member.path + ": sha256 differs";
  }
  return {};
}

}  // namespace

std::int64_t seal(const fs::path& folder, const LockedVersion& version) {
  Json members = Json::object();
  std::int64_t total = 0;
  for (const auto& member : version.members) {
    const auto sha256 = base::sha256_of_file(folder / member.path);
    if (sha256 != member.sha256) {
      throw base::UserError(version.requirement + ": " + member.path + " has sha256 " + sha256 +
                            ", the lock says " + member.sha256 + "; nothing was installed");
    }
    const auto bytes = size_of(folder / member.path);
    members[member.path] = {{"sha256", sha256}, {"bytes", bytes}};
    total += bytes;
  }
  const Json marker = {{"schema", 1}, {"requirement", version.requirement}, {"members", members}};
  base::write_file_atomically(folder / kMarker, marker.dump(2) + "\n");
  return total;
}

std::string find_damage(const fs::path& folder, const LockedVersion& version, bool thorough,
                        std::int64_t& bytes) {
  bytes = 0;
  try {
    const auto marker = base::parse_json(base::read_file(folder / kMarker, kMarkerLimitBytes), kMarker);
    for (const auto& member : version.members) {
      const auto& sealed = marker.at("members").at(member.path);
      if (sealed.at("sha256") != member.sha256) return member.path + ": is another than the lock's";
      if (auto damage = damage_of(folder, member, sealed, thorough); !damage.empty()) return damage;
      bytes += sealed.at("bytes").get<std::int64_t>();
    }
    return {};
  } catch (const Json::exception&) {
    return std::string(kMarker) + ": does not list what the lock lists";
  } catch (const base::UserError& error) {
    return error.what();
  }
}

}  // namespace inferometer::packages
