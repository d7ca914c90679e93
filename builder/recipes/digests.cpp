#include "builder/recipes/digests.h"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMemoLimitBytes = 64 * 1024;
constexpr std::int64_t kSettledNs = 2'000'000'000;

std::int64_t in_ns(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

/// What must stay the same; nothing in it is secret or needs to be readable.
base::Json identity_of(const fs::path& file, struct stat& status) {
  if (::stat(file.c_str(), &status) != 0) {
    throw base::UserError(file.string() + ": cannot be read: " + base::errno_text(errno));
  }
  return {{"path", file.string()},
          {"size_bytes", status.st_size},
          {"inode", status.st_ino},
          {"device", status.st_dev},
          {"changed_ns", in_ns(status.st_ctim)},
          {"modified_ns", in_ns(status.st_mtim)}};
}

std::optional<std::string> remembered(const fs::path& memo, const base::Json& identity) {
  if (!fs::exists(memo)) return std::nullopt;
  try {
    const auto json = base::parse_json(base::read_file(memo, kMemoLimitBytes), memo.string());
    if (json.is_object() && json.value("file", base::Json()) == identity)
      return json.at("sha256").get<std::string>();
  } catch (const base::UserError&) {
    // Half written by a crash or damaged: it is only a memo, and is written anew.
  } catch (const base::Json::exception&) {
  }
  return std::nullopt;
}

}  // namespace

DigestMemo::DigestMemo(fs::path folder) : folder_(std::move(folder)) {
  base::require_writable_folder(folder_);
}

std::string DigestMemo::of(const fs::path& file) const {
  const auto absolute = fs::absolute(file);
  struct stat status {};
  const auto identity = identity_of(absolute, status);
  const auto memo = folder_ / (base::sha256_hex(absolute.string()) + ".json");
  if (const auto digest = remembered(memo, identity)) return *digest;
  const std::int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count();
  const auto digest = base::sha256_of_file(absolute);
  const std::int64_t touched_ns = std::max(in_ns(status.st_mtim), in_ns(status.st_ctim));
  const bool settled = touched_ns + kSettledNs < now_ns;
  if (settled && identity_of(absolute, status) == identity) {
    base::write_file_atomically(memo, base::to_line({{"file", identity}, {"sha256", digest}}));
  }
  return digest;
}

}  // namespace inferometer::builder
