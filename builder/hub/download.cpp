#include "builder/hub/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "builder/hub/connection.h"
#include "builder/hub/listing.h"
#include "builder/hub/model_folder.h"
#include "builder/hub/progress.h"
#include "builder/hub/retries.h"
#include "process/file_lock.h"
#include "process/process.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListingLimitBytes = 16u << 20;

std::string in_bytes(std::int64_t bytes) { return base::format_bytes(static_cast<double>(bytes)); }

/// Size of a file; 0 where there is none.
std::int64_t bytes_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

bool lies_there(const fs::path& file, std::int64_t size_bytes) {
  std::error_code error;
  return fs::is_regular_file(file, error) && bytes_of(file) == size_bytes;
}

std::string digest_of(const fs::path& file, const RemoteFile& remote) {
  base::Hash hash(remote.hash);
  using namespace std::string_literals;
  if (remote.hash == base::Hash::Kind::Sha1) hash.update("blob " + std::to_string(remote.size_bytes) + "\0"s);
  std::ifstream stream(file, std::ios::binary);
  std::vector<char> piece(1 << 20);
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0)
    hash.update({piece.data(), static_cast<std::size_t>(stream.gcount())});
  return hash.hex_digest();
}

class Download {
 public:
  Download(const std::string& id, const Settings& settings, const DownloadContext& context)
      : id_(id),
        settings_(settings),
        clock_(context.clock),
        folder_(settings.cache, id),
        connection_(settings),
        progress_(id, context.clock, context.notify) {}

  fs::path run() {
    const auto listing = ask_for_listing();
    folder_.make(listing.commit);
    announce(listing);
    for (const auto& file : listing.files) {
      fetch(file, listing.commit);
      folder_.link(listing.commit, file.name, file.digest);
    }
    folder_.point_main_to(listing.commit);
    progress_.finish();
    return folder_.snapshot(listing.commit);
  }

 private:
  Listing ask_for_listing();
  void announce(const Listing& listing);
  bool has_blob(const RemoteFile& file);
  void fetch(const RemoteFile& file, const std::string& commit);
  void fill(PartialFile& part, const RemoteFile& file, const std::string& commit);
  Answer ask_for_rest(PartialFile& part, const RemoteFile& file, const std::string& commit);
  void empty(PartialFile& part);

  std::string id_;
  Settings settings_;
  base::Clock& clock_;
  ModelFolder folder_;
  Connection connection_;
  Progress progress_;
};

Listing Download::ask_for_listing() {
  const std::string url = settings_.endpoint + "/api/models/" + id_ + "/revision/main?blobs=true";
  const std::string what = "the list of its files";
  std::string text;
  const auto ask = [&] {
    text.clear();
    auto answer = connection_.get(url, 0, [&](std::int64_t, std::string_view bytes) {
      text += bytes;
      if (text.size() > kListingLimitBytes) {
        throw base::UserError(
            fmt::format("{}: {} has more than {}: it is not read", id_, what, in_bytes(kListingLimitBytes)));
      }
    });
    // Without a network there is nothing to wait for.
    answer.lasting = answer.lasting || !answer.reached;
    return answer;
  };
  const auto answer = ask_with_retries(what, ask, clock_, progress_);
  if (!answer.whole()) throw refusal(answer, what, id_, settings_);
  return read_listing(text, id_);
}

void Download::announce(const Listing& listing) {
  std::int64_t present_bytes = 0;
  std::size_t missing = 0;
  for (const auto& file : listing.files) {
    const bool there = lies_there(folder_.blob(file.digest), file.size_bytes);
    missing += there ? 0 : 1;
    present_bytes += there ? file.size_bytes : bytes_of(folder_.part(file.digest));
  }
  const auto needed_bytes = listing.size_bytes() - present_bytes;
  const auto free_bytes = static_cast<std::int64_t>(fs::space(folder_.path()).available);
  if (needed_bytes > free_bytes) {
    throw base::UserError(
        fmt::format("{}: {} are to be downloaded, and {} are free in {}: make room, or set HF_HUB_CACHE to a "
                    "folder on another disk",
                    id_, in_bytes(needed_bytes), in_bytes(free_bytes), folder_.path().string()));
  }
  progress_.say(fmt::format("downloading {} of {} ({} of {} files) from {} into {}", in_bytes(needed_bytes),
                            in_bytes(listing.size_bytes()), missing, listing.files.size(), settings_.endpoint,
                            folder_.path().string()));
  progress_.begin(listing.size_bytes(), present_bytes);
}

/// Whole and right; one that is not is removed.
bool Download::has_blob(const RemoteFile& file) {
  const auto blob = folder_.blob(file.digest);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(blob, error))) return false;
  const bool sized = lies_there(blob, file.size_bytes);
  if (sized && digest_of(blob, file) == file.digest) return true;
  progress_.say(file.name + ": what lies in the cache is damaged, it is downloaded again");
  if (sized) progress_.lost(file.size_bytes);
  fs::remove(blob);
  return false;
}

void Download::fetch(const RemoteFile& file, const std::string& commit) {
  process::FileLock lock(folder_.lock(file.digest));
  if (!lock.try_take()) {
    progress_.say(file.name + ": waiting for another program that downloads it");
    lock.wait();
  }
  if (has_blob(file)) return;
  PartialFile part(folder_.part(file.digest));
  if (part.size_bytes() > file.size_bytes) empty(part);
  bool began_before = part.size_bytes() > 0;
  for (;;) {
    fill(part, file, commit);
    const auto digest = digest_of(folder_.part(file.digest), file);
    if (digest == file.digest) break;
    empty(part);
    if (!began_before) {
      throw base::UserError(fmt::format(
          "{}: {} has the digest {}, and the hub says {}: something between the hub and here changes files, "
          "or {} is not to be trusted; nothing of it is kept",
          id_, file.name, digest, file.digest, settings_.endpoint));
    }
    began_before = false;
    progress_.say(file.name + ": what an earlier try left is damaged, it is downloaded from its start");
  }
  part.finish(folder_.blob(file.digest));
}

void Download::fill(PartialFile& part, const RemoteFile& file, const std::string& commit) {
  if (part.size_bytes() == file.size_bytes) return;
  const auto answer = ask_with_retries(
      file.name, [&] { return ask_for_rest(part, file, commit); }, clock_, progress_);
  if (answer.whole()) return;
  if (part.size_bytes() == 0) throw refusal(answer, file.name, id_, settings_);
  throw base::UserError(refusal(answer, file.name, id_, settings_).what() +
                        fmt::format("; {} of {} are kept, and the next run goes on from there",
                                    in_bytes(part.size_bytes()), in_bytes(file.size_bytes)));
}

Answer Download::ask_for_rest(PartialFile& part, const RemoteFile& file, const std::string& commit) {
  const std::string url = settings_.endpoint + "/" + id_ + "/resolve/" + commit + "/" + file.name;
  auto answer = connection_.get(url, part.size_bytes(), [&](std::int64_t position, std::string_view bytes) {
    // This server does not go on where it is asked to.
    if (position == 0) empty(part);
    if (part.size_bytes() + static_cast<std::int64_t>(bytes.size()) > file.size_bytes) {
      empty(part);
      throw base::UserError(
          fmt::format("{}: {} has more bytes than the {} that the hub says: {} is not to be "
                      "trusted, or something between changes files; nothing of it is kept",
                      id_, file.name, file.size_bytes, settings_.endpoint));
    }
    part.append(bytes);
    progress_.received(static_cast<std::int64_t>(bytes.size()));
  });
  if (answer.whole() && part.size_bytes() < file.size_bytes)
    answer.trouble = fmt::format("{} of {} bytes came", part.size_bytes(), file.size_bytes);
  constexpr int kRangeNotSatisfiable = 416;
  if (answer.status == kRangeNotSatisfiable) {
    empty(part);
    answer.trouble = "there is nothing to go on with";
  }
  return answer;
}

void Download::empty(PartialFile& part) {
  progress_.lost(part.size_bytes());
  part.empty();
}

}  // namespace

fs::path download(const std::string& id, const Settings& settings, const DownloadContext& context) {
  return Download(id, settings, context).run();
}

base::Json download_command(const base::Json& request) {
  base::SystemClock clock;
  const auto folder =
      download(request.at("id").get<std::string>(), read_settings(), {clock, process::notify_parent});
  return {{"folder", folder.string()}};
}

}  // namespace inferometer::builder
