#include "builder/recipes/artefact_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "process/descriptor.h"
#include "process/file_lock.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = "artefact.json";
constexpr std::uint64_t kMarkerLimitBytes = 1u << 20;

/// Held while an artefact is looked for and built.
process::FileLock lock(const fs::path& folder, const std::function<void(const std::string&)>& notify) {
  process::FileLock held(folder / "lock");
  if (!held.try_take()) {
    notify("waiting for another process that builds variants in " + folder.string());
    held.wait();
  }
  return held;
}

void sync(const fs::path& path) {
  const process::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open() || ::fsync(file.get()) != 0) {
    throw base::UserError(path.string() + ": cannot be written: " + base::errno_text(errno));
  }
}

/// Folders that a process left half built; the lock is held, so nobody is at work in them.
void remove_unfinished(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".unfinished") fs::remove_all(entry.path());
  }
}

}  // namespace

std::string Origin::key() const {
  base::Json json = {{"recipe", recipe}, {"inputs", base::Json::array()}};
  for (const auto& input : inputs) json["inputs"].push_back({input.name, input.sha256});
  return base::sha256_hex(base::to_line(json));
}

ArtefactCache::ArtefactCache(fs::path folder, const DigestMemo& digests,
                             std::function<void(const std::string&)> notify)
    : folder_(std::move(folder)), digests_(digests), notify_(std::move(notify)) {
  base::require_writable_folder(folder_);
}

ArtefactCache::Entry ArtefactCache::find_or_build(const Origin& origin,
                                                  const std::function<void(const fs::path&)>& build) const {
  const auto held = lock(folder_, notify_);
  Entry entry{folder_ / origin.key(), fs::exists(folder_ / origin.key())};
  if (entry.cached) {
    if (const auto problem = damage(entry.folder); !problem.empty()) {
      const fs::path aside = entry.folder.string() + ".damaged";
      fs::remove_all(aside);
      fs::rename(entry.folder, aside);
      notify_("cached artefact " + problem + ": set aside as " + aside.string() + " and built again");
      entry.cached = false;
    }
  }
  if (!entry.cached) {
    remove_unfinished(folder_);
    build_whole(origin, entry.folder, build);
  }
  return entry;
}

std::string ArtefactCache::damage(const fs::path& artefact) const {
  const auto marker = artefact / kMarker;
  try {
    const auto json = base::parse_json(base::read_file(marker, kMarkerLimitBytes), marker.string());
    for (const auto& [name, sha256] : json.at("files").items()) {
      const auto file = artefact / name;
      if (!fs::is_regular_file(file)) return file.string() + " is missing";
      if (digests_.of(file) != sha256.get<std::string>())
        return file.string() + " has other bytes than were written";
    }
  } catch (const base::UserError& error) {
    return error.what();
  } catch (const base::Json::exception&) {
    return marker.string() + " is damaged";
  }
  return {};
}

void ArtefactCache::build_whole(const Origin& origin, const fs::path& artefact,
                                const std::function<void(const fs::path&)>& build) const {
  const fs::path unfinished = artefact.string() + ".unfinished";
  fs::create_directory(unfinished);
  try {
    build(unfinished);
    base::Json files = base::Json::object();
    for (const auto& entry : fs::recursive_directory_iterator(unfinished)) {
      sync(entry.path());
      if (!entry.is_regular_file()) continue;
      files[entry.path().lexically_relative(unfinished).string()] = base::sha256_of_file(entry.path());
    }
    base::write_file_atomically(unfinished / kMarker,
                                base::to_line({{"recipe", origin.recipe}, {"files", files}}));
    sync(unfinished);
    fs::rename(unfinished, artefact);
    sync(folder_);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    throw;
  }
}

}  // namespace inferometer::builder
