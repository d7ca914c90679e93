#include "builder/hub/model_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "models/hub_cache.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, const std::string& action) {
  throw base::UserError(file.string() + ": " + action + ": " + base::errno_text(errno));
}

}  // namespace

ModelFolder::ModelFolder(const fs::path& cache, const std::string& id) {
  const auto name = models::hub_folder_name(id);
  INFEROMETER_CHECK(!name.empty(), id);
  path_ = cache / name;
  locks_ = cache / ".locks" / name;
}

void ModelFolder::make(const std::string& commit) const {
  for (const auto& folder : {path_ / "blobs", path_ / "refs", snapshot(commit), locks_})
    base::require_writable_folder(folder);
}

void ModelFolder::link(const std::string& commit, const std::string& name, const std::string& digest) const {
  const auto place = snapshot(commit) / name;
  const auto target = fs::path("..") / ".." / "blobs" / digest;
  std::error_code error;
  if (fs::read_symlink(place, error) == target) return;
  const auto fresh = place.string() + "." + base::random_id();
  if (::symlink(target.c_str(), fresh.c_str()) != 0) fail(place, "cannot be made as a link");
  if (::rename(fresh.c_str(), place.c_str()) != 0) {
    const int reason = errno;
    ::unlink(fresh.c_str());
    errno = reason;
    fail(place, "cannot be made as a link");
  }
}

void ModelFolder::point_main_to(const std::string& commit) const {
  base::write_file_atomically(path_ / "refs" / "main", commit);
}

PartialFile::PartialFile(fs::path file) : file_(std::move(file)) {
  // A link put there by somebody else would have us write into another file.
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(file_, "cannot be written");
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail(file_, "cannot be read");
  size_bytes_ = status.st_size;
}

PartialFile::~PartialFile() { ::close(descriptor_); }

void PartialFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      fail(file_, "cannot be written; what has come is kept, and the next run goes on from it");
    size_bytes_ += written;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PartialFile::empty() {
  if (::ftruncate(descriptor_, 0) != 0) fail(file_, "cannot be emptied");
  size_bytes_ = 0;
}

void PartialFile::finish(const fs::path& final_name) {
  if (::fsync(descriptor_) != 0) fail(file_, "cannot be written");
  if (::rename(file_.c_str(), final_name.c_str()) != 0) fail(final_name, "cannot be written");
}

}  // namespace inferometer::builder
