#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/text.h"
#include "record/descriptor.h"
#include "record/reader.h"
#include "record/writer.h"
#include "results/json.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;
using base::Json;

[[noreturn]] void fail(const fs::path& file, const std::string& what, int error_number) {
  throw base::RecordError(fmt::format("{}: {}: {}", file.string(), what, base::errno_text(error_number)));
}

/// The process that holds the flock of the file, as the kernel tells; 0 when it does not.
long lock_holder(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return 0;
  const std::string wanted =
      fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string row; std::getline(locks, row);) {
    std::istringstream words(row);
    std::string number, type, advisory, mode, place;
    long pid = 0;
    if (words >> number >> type >> advisory >> mode >> pid >> place && type == "FLOCK" && place == wanted)
      return pid;
  }
  return 0;
}

void lock(int fd, const fs::path& file) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) fail(file, "cannot be locked", errno);
  const long pid = lock_holder(fd);
  throw base::RecordError(fmt::format("{}: in use by {}: wait until it has ended", file.string(),
                                      pid > 0 ? fmt::format("process {}", pid) : "another process"));
}

std::uint64_t file_size(int fd, const fs::path& file) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail(file, "cannot be read", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

/// Errno of the first failure, 0 when all bytes are in the file's pages. One write(2) unless the kernel
/// splits it.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

void sync_folder(const fs::path& file) {
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) fail(parent, "the folder cannot be synced", errno);
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// "2026-11-23T10-00-00Z-1a2b3c4d.jsonl": sorts by time, and every file system takes it.
std::string file_name(const Header& header) {
  std::string start;
  for (const char letter : header.started_utc)
    start += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '-';
  return start + "-" + header.id.substr(0, 8) + ".jsonl";
}

/// Bytes of a crash are kept beside the record: they may tell somebody something, and nothing is deleted
/// silently.
void set_aside(const fs::path& file, const std::string& torn) {
  const fs::path aside = file.string() + ".torn";
  const Descriptor fd(::open(aside.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (fd.get() < 0) fail(aside, "cannot be written", errno);
  if (const int error = write_all(fd.get(), torn + "\n"); error != 0) fail(aside, "cannot be written", error);
  if (::fsync(fd.get()) != 0) fail(aside, "cannot be written", errno);
}

/// Leaves the file ending with its last whole line; says what it did.
std::string mend_tail(int fd, const fs::path& file, const Tail& tail) {
  if (!tail.torn.empty()) set_aside(file, tail.torn);
  if (::ftruncate(fd, static_cast<off_t>(tail.begin)) != 0)
    fail(file, "the torn tail cannot be cut off", errno);
  int error = tail.newline_lacks ? write_all(fd, "\n") : 0;
  if (error == 0 && ::fdatasync(fd) != 0) error = errno;
  if (error != 0) fail(file, "the torn tail cannot be mended", error);
  if (tail.torn.empty()) return "the last line got the newline it lacked";
  return fmt::format("torn tail: {} bytes set aside in {}.torn", tail.torn.size(), file.string());
}

}  // namespace

class Writer::Implementation {
 public:
  Implementation(Descriptor fd, fs::path file) : fd_(std::move(fd)), file_(std::move(file)) {}

  /// Goes on at the end of the file, after the last line that `found` tells of.
  void continue_after(const Scan& found, int invocation) {
    next_n_ = found.next_n;
    previous_ = found.last_hash;
    length_ = file_size(fd_.get(), file_);
    invocation_ = invocation;
  }

  void append(const std::string& kind, const std::string& place, Json value) {
    if (closed_) throw base::RecordError(file_.string() + ": takes no more lines after a failure or its end");
    const std::string item = place.empty() ? kind : kind + "/" + place;
    const EncodedLine line = encode({next_n_, kind, item, previous_, std::move(value)});
    int error = write_all(fd_.get(), line.bytes);
    // After a failed fdatasync the pages are marked clean: a second try would lie (Rebello et al., ATC 2020).
    if (error == 0 && ::fdatasync(fd_.get()) != 0) error = errno;
    if (error != 0) {
      closed_ = true;
      const bool cut = ::ftruncate(fd_.get(), static_cast<off_t>(length_)) == 0;
      fail(file_,
           fmt::format("{} could not be kept (lines 1 to {} are safe{})", item, next_n_,
                       cut ? "" : "; what was written of it stays as a torn tail"),
           error);
    }
    length_ += line.bytes.size();
    previous_ = line.hash;
    ++next_n_;
  }

  void end() {
    append("end", "", {{"lines", next_n_ + 1}});
    closed_ = true;
  }

  int invocation() const { return invocation_; }
  const fs::path& file() const { return file_; }

 private:
  Descriptor fd_;
  fs::path file_;
  std::int64_t next_n_ = 0;
  std::string previous_;
  std::uint64_t length_ = 0;  ///< of the file when its last line was kept
  int invocation_ = 0;
  bool closed_ = false;
};

Writer::Writer(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Writer::~Writer() = default;

std::unique_ptr<Writer> Writer::create(const fs::path& folder, const Header& header) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw base::RecordError(folder.string() + ": the folder cannot be made: " + error.message());
  const fs::path file = folder / file_name(header);
  Descriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666));
  if (fd.get() < 0) fail(file, "cannot be made", errno);
  try {
    lock(fd.get(), file);
    auto implementation = std::make_unique<Implementation>(std::move(fd), file);
    implementation->append("experiment", "",
                           {{"format", fmt::format("{}.{}", kFormatMajor, kFormatMinor)},
                            {"id", header.id},
                            {"title", header.title},
                            {"started_utc", header.started_utc},
                            {"plan", header.plan},
                            {"environment", header.environment}});
    sync_folder(file);
    return std::unique_ptr<Writer>(new Writer(std::move(implementation)));
  } catch (...) {
    ::unlink(file.c_str());  // a record without its first line is none
    throw;
  }
}

std::unique_ptr<Writer> Writer::resume(const fs::path& file, std::vector<std::string>& notices) {
  Descriptor fd(::open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
  if (fd.get() < 0) fail(file, "cannot be opened", errno);
  lock(fd.get(), file);
  const auto [experiment, found] = load_usable(file);
  if (found.ended) throw base::RecordError(file.string() + ": has ended: start a new experiment");
  if (!found.problems.empty()) {
    throw base::RecordError(
        fmt::format("{}: is damaged ({}): it can be read but not continued, start a new experiment",
                    file.string(), found.problems.front()));
  }
  if (!found.tail.empty()) notices.push_back(mend_tail(fd.get(), file, found.tail));
  auto implementation = std::make_unique<Implementation>(std::move(fd), file);
  implementation->continue_after(found, experiment.invocations);
  implementation->append("invocation", std::to_string(experiment.invocations), {{"started_utc", now_utc()}});
  return std::unique_ptr<Writer>(new Writer(std::move(implementation)));
}

void Writer::keep(const results::Preparation& value) {
  implementation_->append("preparation", value.artefact, value);
}
void Writer::keep(const results::TruthCheck& value) {
  implementation_->append("truth_check", value.candidate, value);
}
void Writer::keep(const results::HarnessCost& value) {
  implementation_->append("harness_cost", value.group, value);
}
void Writer::keep(const results::LoadSet& value) {
  implementation_->append("load_set", fmt::format("{}/{}", value.group, value.index), value);
}
void Writer::keep(const results::GroupStop& value) {
  implementation_->append("group_stop", value.group, value);
}
void Writer::keep(const results::CandidateOutcome& value) {
  implementation_->append("candidate_outcome", value.candidate, value);
}
void Writer::interrupted() {
  implementation_->append("interrupted", std::to_string(implementation_->invocation()), Json::object());
}
void Writer::end() { implementation_->end(); }

const fs::path& Writer::file() const { return implementation_->file(); }

}  // namespace inferometer::record
