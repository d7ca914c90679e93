#include "builder/hub/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "base/hash.h"
#include "builder/hub/connection.h"
#include "builder/hub/fake_hub_fixture.h"
#include "builder/hub/model_folder.h"
#include "models/hub_cache.h"
#include "process/file_lock.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;
using base::Json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kId = "org/tiny";
constexpr std::size_t kWeightBytes = 300'000;
const std::string kCommit = "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f";

std::string weights() {
  std::string bytes(kWeightBytes, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i >> 7);
  return bytes;
}

/// A hub with the model org/tiny, and a cache that is empty at first.
class download_from_hub : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1,localhost", 1);
    fs::create_directories(repository_);
    write("config.json", R"({"model_type":"bert"})");
    write("vocab.txt", "[PAD]\n");
    write("README.md", "not needed");
    write("model.safetensors", weights());
    settings_.cache = folder_.path() / "cache";
    settings_.stall = std::chrono::seconds(2);
  }

  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(repository_ / name, std::ios::binary) << bytes;
  }
  void serve(const Json& rules = Json::array()) {
    hub_ = std::make_unique<FakeHub>(folder_.path() / "remote", rules);
    settings_.endpoint = hub_->endpoint();
  }
  fs::path get() {
    messages_.clear();
    return download(kId, settings_, {clock_, [this](const std::string& line) { messages_.push_back(line); }});
  }
  std::string refusal() {
    try {
      get();
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "no error";
  }
  /// Ranges of the requests for the bytes of the weights, in order.
  std::vector<std::string> ranges() {
    std::vector<std::string> ranges;
    for (const auto& request : hub_->requests()) {
      if (request.at("server") == "cdn") ranges.push_back(request.at("range"));
    }
    return ranges;
  }
  fs::path model() const { return settings_.cache / "models--org--tiny"; }
  fs::path weights_blob() const { return model() / "blobs" / base::sha256_hex(weights()); }
  fs::path weights_part() const { return weights_blob().string() + ".incomplete"; }
  void leave_part(const std::string& bytes) {
    fs::create_directories(model() / "blobs");
    std::ofstream(weights_part(), std::ios::binary) << bytes;
  }
  std::string stored(const fs::path& file) const { return base::read_file(file, 1 << 24); }
  std::int64_t slept_ns() { return clock_.now_ns(); }

  base::ScratchFolder folder_{"hub-test"};
  fs::path repository_ = folder_.path() / "remote" / "org" / "tiny";
  Settings settings_;
  base::FakeClock clock_;
  std::unique_ptr<FakeHub> hub_;
  std::vector<std::string> messages_;
};

TEST_F(download_from_hub, lays_the_cache_out_as_huggingface_hub_does) {
  serve();
  const auto snapshot = get();
  EXPECT_EQ(snapshot, model() / "snapshots" / kCommit);
  EXPECT_EQ(stored(model() / "refs" / "main"), kCommit);
  EXPECT_EQ(stored(snapshot / "model.safetensors"), weights());
  EXPECT_EQ(fs::read_symlink(snapshot / "model.safetensors"),
            "../../blobs/" + weights_blob().filename().string());
  // git hash-object of {"model_type":"bert"}
  EXPECT_EQ(fs::read_symlink(snapshot / "config.json"),
            "../../blobs/3967ff7fee9d40eb77abadd6a292230496ca9f24");
  EXPECT_FALSE(fs::exists(fs::symlink_status(snapshot / "README.md")));
  EXPECT_TRUE(fs::exists(settings_.cache / ".locks" / "models--org--tiny" /
                         (weights_blob().filename().string() + ".lock")));
  for (const auto& entry : fs::directory_iterator(model() / "blobs"))
    EXPECT_NE(entry.path().extension(), ".incomplete") << entry;
  ::setenv("HF_HUB_CACHE", settings_.cache.c_str(), 1);
  EXPECT_EQ(models::cached_snapshot(kId), snapshot);
  ::unsetenv("HF_HUB_CACHE");
}

TEST_F(download_from_hub, says_before_what_it_needs_and_after_how_fast_it_came) {
  serve();
  get();
  EXPECT_THAT(messages_.front(),
              AllOf(HasSubstr("org/tiny: downloading 300 kB of 300 kB (3 of 3 files) from http"),
                    HasSubstr(model().string())));
  EXPECT_THAT(messages_.back(), HasSubstr("downloaded 300 kB in"));
}

TEST_F(download_from_hub, downloads_nothing_that_lies_there) {
  serve();
  get();
  const auto before = hub_->requests().size();
  get();
  EXPECT_EQ(hub_->requests().size(), before + 1) << "only the list of files is asked for";
  EXPECT_THAT(messages_.front(), HasSubstr("downloading 0 B of 300 kB (0 of 3 files)"));
}

TEST_F(download_from_hub, the_token_goes_to_the_hub_and_not_where_it_redirects_to) {
  settings_.token = "hf_secret";
  serve();
  get();
  int to_hub = 0;
  for (const auto& request : hub_->requests()) {
    const bool cdn = request.at("server") == "cdn";
    to_hub += cdn ? 0 : 1;
    EXPECT_EQ(request.at("authorization"), cdn ? "" : "Bearer hf_secret") << request;
  }
  EXPECT_EQ(to_hub, 4);
  EXPECT_THAT(ranges(), SizeIs(1));
}

TEST_F(download_from_hub, goes_on_where_the_connection_broke) {
  serve({{{"server", "cdn"}, {"sends", 100'000}}, {{"server", "cdn"}, {"sends", 50'000}}});
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_THAT(ranges(), ElementsAre("", "bytes=100000-", "bytes=150000-"));
  EXPECT_THAT(messages_,
              Contains(AllOf(HasSubstr("model.safetensors: "), HasSubstr("try 2 of 5 in 500 ms"))));
  EXPECT_EQ(slept_ns(), 1'500'000'000);
}

TEST_F(download_from_hub, gives_up_in_the_end_and_the_next_run_goes_on) {
  serve({{{"server", "cdn"}, {"sends", 10'000}, {"times", 5}}});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("org/tiny: model.safetensors cannot be downloaded"),
                               HasSubstr("50.0 kB of 300 kB are kept"), HasSubstr("the next run goes on")));
  EXPECT_EQ(slept_ns(), 7'500'000'000);
  EXPECT_EQ(fs::file_size(weights_part()), 50'000u);
  EXPECT_FALSE(fs::exists(model() / "refs" / "main")) << "the cache shows no half model";
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_EQ(ranges().back(), "bytes=50000-");
  EXPECT_THAT(messages_.front(), HasSubstr("downloading 250 kB of 300 kB (1 of 3 files)"));
}

TEST_F(download_from_hub, begins_again_where_the_server_does_not_go_on) {
  leave_part(weights().substr(0, 1000));
  serve({{{"server", "cdn"}, {"ignores_range", true}}});
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
}

TEST_F(download_from_hub, another_part_than_was_asked_for_is_not_taken) {
  leave_part(weights().substr(0, 1000));
  serve({{{"server", "cdn"}, {"range_start", 2000}}});
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_THAT(messages_, Contains(HasSubstr("another part of the file")));
  EXPECT_THAT(ranges(), ElementsAre("bytes=1000-", "bytes=1000-"));
}

TEST_F(download_from_hub, a_damaged_beginning_is_thrown_away_and_the_file_comes_whole) {
  leave_part(std::string(1000, 'x'));
  serve();
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_THAT(ranges(), ElementsAre("bytes=1000-", ""));
  EXPECT_THAT(messages_, Contains(HasSubstr("what an earlier try left is damaged")));
}

TEST_F(download_from_hub, a_beginning_that_is_too_long_is_thrown_away) {
  leave_part(weights() + "more");
  serve();
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_THAT(ranges(), ElementsAre(""));
}

TEST_F(download_from_hub, a_blob_that_is_damaged_is_downloaded_again) {
  fs::create_directories(model() / "blobs");
  std::ofstream(weights_blob()) << std::string(kWeightBytes, 'x');
  serve();
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_THAT(messages_, Contains(HasSubstr("what lies in the cache is damaged")));
}

TEST_F(download_from_hub, other_bytes_than_announced_are_refused_and_not_kept) {
  for (const char* file : {"/config.json", "/model.safetensors"}) {
    serve({{{"path", file}, {"body", "flip"}, {"times", 9}, {"server", file[1] == 'm' ? "cdn" : "hub"}}});
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr(file + 1), HasSubstr("has the digest"), HasSubstr("changes files")))
        << file;
    EXPECT_FALSE(fs::exists(model() / "refs" / "main"));
  }
  EXPECT_FALSE(fs::exists(weights_blob()));
  EXPECT_EQ(fs::file_size(weights_part()), 0u);
}

TEST_F(download_from_hub, more_bytes_than_announced_are_refused) {
  serve({{{"server", "cdn"}, {"body", "append"}, {"times", 9}}});
  EXPECT_THAT(refusal(), HasSubstr("model.safetensors has more bytes than the 300000 that the hub says"));
  EXPECT_FALSE(fs::exists(weights_blob()));
}

TEST_F(download_from_hub, fewer_bytes_than_announced_are_refused) {
  const Json patch = Json::array({Json::array({Json::array({"siblings", 2, "size"}), 300'001})});
  serve({{{"path", "/api/"}, {"patch", patch}, {"times", 9}}});
  EXPECT_THAT(refusal(), HasSubstr("model.safetensors cannot be downloaded"));
  EXPECT_FALSE(fs::exists(weights_blob()));
}

TEST_F(download_from_hub, a_body_that_is_empty_is_no_file) {
  serve({{{"server", "cdn"}, {"body", "empty"}, {"times", 9}}});
  EXPECT_THAT(refusal(), HasSubstr("0 of 300000 bytes came"));
}

TEST_F(download_from_hub, silence_ends_a_try) {
  serve({{{"server", "cdn"}, {"waits", 30}}});
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_THAT(ranges(), SizeIs(2));
}

TEST_F(download_from_hub, a_busy_hub_is_asked_again_when_it_says) {
  serve({{{"path", "/api/"}, {"status", 429}, {"headers", {{"Retry-After", "7"}}}},
         {{"path", "/resolve/"}, {"status", 503}}});
  get();
  EXPECT_EQ(slept_ns(), 7'500'000'000);
}

TEST_F(download_from_hub, a_hub_that_is_not_there_is_said_at_once) {
  serve();
  hub_.reset();
  EXPECT_THAT(refusal(), AllOf(HasSubstr("org/tiny"), HasSubstr(settings_.endpoint + " cannot be reached"),
                               HasSubstr("check the network")));
  EXPECT_EQ(slept_ns(), 0);
}

TEST_F(download_from_hub, a_refusal_says_what_to_do) {
  const auto refused = [&](const std::string& path, int status, const Json& headers) {
    serve({{{"path", path}, {"status", status}, {"headers", headers}, {"times", 9}}});
    const auto text = refusal();
    EXPECT_EQ(slept_ns(), 0) << "it will not be another at the next try";
    EXPECT_THAT(text, Not(HasSubstr("hf_secret")));
    return text;
  };
  EXPECT_THAT(refused("/api/", 401, {{"X-Error-Code", "RepoNotFound"}}),
              AllOf(HasSubstr("no such model on http"), HasSubstr("(none is set)")));
  EXPECT_THAT(refused("/api/", 404, {{"X-Error-Code", "RepoNotFound"}}), HasSubstr("no such model"));
  EXPECT_THAT(refused("/config.json", 401, {{"X-Error-Code", "GatedRepo"}}),
              AllOf(HasSubstr("ask for access at http"), HasSubstr("/org/tiny and set HF_TOKEN")));
  EXPECT_THAT(refused("/config.json", 404, {{"X-Error-Code", "EntryNotFound"}}),
              HasSubstr("config.json is in the list of its files but not on"));
  EXPECT_THAT(refused("/api/", 418, {{"X-Error-Message", "tea\x1b[2J"}}), HasSubstr("status 418 (tea?[2J)"));
  settings_.token = "hf_secret";
  EXPECT_THAT(refused("/api/", 401, {{"X-Error-Message", "Invalid credentials in Authorization header"}}),
              HasSubstr("does not know the token"));
  EXPECT_THAT(refused("/config.json", 403, {{"X-Error-Code", "GatedRepo"}}),
              HasSubstr("the one in use may not"));
}

TEST_F(download_from_hub, endless_redirections_end) {
  serve({{{"path", "/api/"}, {"status", 302}, {"headers", {{"Location", "/api/again"}}}, {"times", 99}}});
  EXPECT_THAT(refusal(), HasSubstr("redirect"));
  EXPECT_EQ(slept_ns(), 0);
}

TEST_F(download_from_hub, leads_to_nothing_but_the_web) {
  for (const std::string place : {"file:///etc/passwd", "ftp://127.0.0.1:1/x"}) {
    serve({{{"path", "/config.json"}, {"status", 302}, {"headers", {{"Location", place}}}}});
    EXPECT_THAT(refusal(), AllOf(HasSubstr("config.json cannot be downloaded"), HasSubstr("Protocol")))
        << place;
    EXPECT_EQ(slept_ns(), 0);
  }
}

TEST_F(download_from_hub, from_https_leads_to_nothing_less) {
  serve();
  const auto url = settings_.endpoint + "/org/tiny/resolve/main/config.json";
  const auto ignored = [](std::int64_t, std::string_view) {};
  EXPECT_TRUE(Connection(settings_).get(url, 0, ignored).whole());
  settings_.endpoint = "https://127.0.0.1";
  const auto answer = Connection(settings_).get(url, 0, ignored);
  EXPECT_THAT(answer.trouble, HasSubstr("Protocol \"http\""));
  EXPECT_FALSE(answer.may_pass());
}

TEST_F(download_from_hub, a_list_of_files_without_end_is_not_read) {
  const Json patch = Json::array({Json::array({Json::array({"more"}), std::string(17 << 10, 'x')})});
  write("config.json", "{}");
  // 17 MB: more than a command line holds, so the server repeats a piece.
  serve({{{"path", "/api/"}, {"patch", patch}, {"repeats", 1024}}});
  EXPECT_THAT(refusal(), HasSubstr("the list of its files has more than 16.8 MB"));
}

TEST_F(download_from_hub, a_path_that_leaves_the_folder_writes_nothing) {
  const Json patch = Json::array({Json::array({Json::array({"siblings", 0, "rfilename"}), "../../../x"})});
  serve({{{"path", "/api/"}, {"patch", patch}}});
  EXPECT_THAT(refusal(), HasSubstr("'../../../x' leads out of the folder"));
  EXPECT_FALSE(fs::exists(settings_.cache));
}

TEST_F(download_from_hub, a_link_in_place_of_a_beginning_is_not_followed) {
  fs::create_directories(model() / "blobs");
  const auto elsewhere = folder_.path() / "precious";
  std::ofstream(elsewhere) << "kept";
  fs::create_symlink(elsewhere, weights_part());
  serve();
  EXPECT_THAT(refusal(), HasSubstr(weights_part().string() + ": cannot be written"));
  EXPECT_EQ(stored(elsewhere), "kept");
}

TEST_F(download_from_hub, what_does_not_fit_on_the_disk_is_said_before) {
  const Json patch =
      Json::array({Json::array({Json::array({"siblings", 2, "size"}), std::int64_t{1} << 50})});
  serve({{{"path", "/api/"}, {"patch", patch}}});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("are to be downloaded, and"), HasSubstr("HF_HUB_CACHE")));
  EXPECT_THAT(ranges(), IsEmpty());
}

TEST_F(download_from_hub, a_disk_that_is_full_is_said_and_what_came_is_kept) {
  serve();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100'000, before.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto text = refusal();
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(text, AllOf(HasSubstr(weights_part().string()), HasSubstr("cannot be written"),
                          HasSubstr("the next run goes on")));
  EXPECT_EQ(fs::file_size(weights_part()), 100'000u);
  EXPECT_EQ(stored(get() / "model.safetensors"), weights());
  EXPECT_EQ(ranges().back(), "bytes=100000-");
}

TEST_F(download_from_hub, waits_for_whoever_downloads_the_same_file) {
  serve();
  const ModelFolder folder(settings_.cache, kId);
  folder.make(kCommit);
  auto other = std::make_unique<process::FileLock>(folder.lock(weights_blob().filename().string()));
  ASSERT_TRUE(other->try_take());
  std::vector<std::string> messages;
  // The other one finishes the file when it is waited for.
  download(kId, settings_, {clock_, [&](const std::string& sentence) {
                              messages.push_back(sentence);
                              if (sentence.find("waiting for another") == std::string::npos) return;
                              std::ofstream(weights_blob(), std::ios::binary) << weights();
                              other.reset();
                            }});
  EXPECT_THAT(messages, Contains(HasSubstr("model.safetensors: waiting for another program")));
  EXPECT_THAT(ranges(), IsEmpty());
}

}  // namespace
}  // namespace inferometer::builder
