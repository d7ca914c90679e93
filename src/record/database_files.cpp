#include "record/database_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "record/database.h"
#include "record/database_script.h"
#include "record/descriptor.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndexPrefix = "index-";
constexpr std::string_view kIndexSuffix = ".duckdb";
// Main header: a checksum of eight bytes, then this.
constexpr std::string_view kMagic = "DUCK";
constexpr std::streamoff kMagicAt = 8;

[[noreturn]] void fail(const fs::path& file) {
  throw base::UserError(file.string() + ": cannot be written: " + base::errno_text(errno));
}

void sync(const fs::path& path, int flags) {
  const Descriptor fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) fail(path);
}

}  // namespace

const std::vector<std::string>& view_names() {
  static const std::vector<std::string> names = {
      "experiments", "environments", "artefacts",        "preparations", "skipped",  "groups",
      "candidates",  "comparisons",  "self_comparisons", "truth_checks", "outcomes", "load_sets",
      "loads",       "blocks",       "samples",          "lines",        "reports"};
  return names;
}

fs::path index_path(const Sources& sources) {
  const auto content = sources.fingerprint() + views_definition();
  return sources.folder /
         (std::string(kIndexPrefix) + base::sha256_hex(content).substr(0, 16) + std::string(kIndexSuffix));
}

std::vector<fs::path> indexes_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kIndexPrefix) && name.ends_with(kIndexSuffix)) found.push_back(entry.path());
  }
  return found;
}

bool is_database_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string magic(kMagic.size(), '\0');
  stream.seekg(kMagicAt).read(magic.data(), static_cast<std::streamsize>(magic.size()));
  return stream.good() && magic == kMagic;
}

std::vector<std::pair<std::string, fs::path>> parquet_files(const fs::path& target) {
  std::error_code none;
  const bool exists = fs::exists(target, none);
  if (target.extension() != ".parquet" || fs::is_directory(target, none)) {
    if (exists && !fs::is_directory(target, none)) {
      throw base::UserError(base::printable(target.string()) +
                            ": is no folder and does not end with .parquet: name a folder, or a file such as "
                            "candidates.parquet");
    }
    std::vector<std::pair<std::string, fs::path>> files;
    for (const auto& view : view_names()) files.emplace_back(view, target / (view + ".parquet"));
    return files;
  }
  const auto view = target.stem().string();
  if (std::ranges::find(view_names(), view) == view_names().end()) {
    throw base::UserError(base::unknown_word("view", view, view_names()) +
                          ": a Parquet file holds one view and is named after it");
  }
  if (exists && !fs::is_regular_file(target, none)) {
    throw base::UserError(base::printable(target.string()) +
                          ": is no regular file, and it would be replaced: name another path");
  }
  return {{view, target}};
}

UnfinishedFiles::UnfinishedFiles(const fs::path& beside) {
  std::string pattern = (beside / ".unfinished-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) fail(beside);
  folder_ = pattern;
}

UnfinishedFiles::~UnfinishedFiles() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void UnfinishedFiles::publish(const fs::path& made, const fs::path& target) const {
  sync(made, O_RDONLY);
  if (::rename(made.c_str(), target.c_str()) != 0) fail(target);
  sync(fs::absolute(target).parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace inferometer::record
