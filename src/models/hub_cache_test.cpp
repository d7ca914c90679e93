#include "models/hub_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/test_fixture.h"
#include "models/models.h"

namespace inferometer::models {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kVariables[] = {
    "HF_HUB_CACHE",   "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME",
    "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"};
const std::string kCommit = "0123456789abcdef0123456789abcdef01234567";

class hub_cache : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : kVariables) {
      const char* value = std::getenv(name);
      if (value != nullptr) before_[name] = value;
      ::unsetenv(name);
    }
    ::setenv("HF_HUB_CACHE", folder_.path().c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : kVariables) ::unsetenv(name);
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
  }

  /// A download as huggingface_hub lays it: blobs, links to them in the snapshot, the commit in refs.
  fs::path download(const std::string& folder_name, const std::string& commit = kCommit) {
    const auto model = folder_.path() / folder_name;
    const auto snapshot = model / "snapshots" / kCommit;
    for (const auto& part : {model / "blobs", model / "refs", snapshot}) fs::create_directories(part);
    write_bytes(model / "refs" / "main", commit);
    write_bytes(model / "blobs" / "aa", "{}");
    for (const char* name : {"config.json", "model.safetensors"}) {
      fs::remove(snapshot / name);
      fs::create_symlink("../../blobs/aa", snapshot / name);
    }
    return snapshot;
  }

  base::ScratchFolder folder_{"hub-cache-test"};
  std::map<std::string, std::string> before_;
  packages::Installed store_{folder_.path() / "packages", {}};
};

TEST_F(hub_cache, is_where_huggingface_hub_looks) {
  EXPECT_EQ(hub_cache_folder(), folder_.path());
  ::unsetenv("HF_HUB_CACHE");
  ::setenv("HOME", "/h", 1);
  EXPECT_EQ(hub_cache_folder(), "/h/.cache/huggingface/hub");
  ::setenv("XDG_CACHE_HOME", "/x", 1);
  EXPECT_EQ(hub_cache_folder(), "/x/huggingface/hub");
  ::setenv("HF_HOME", "/f", 1);
  EXPECT_EQ(hub_cache_folder(), "/f/hub");
  ::setenv("HF_HOME", "~/f", 1);
  EXPECT_EQ(hub_cache_folder(), "/h/f/hub");
  ::setenv("HUGGINGFACE_HUB_CACHE", "f", 1);
  EXPECT_EQ(hub_cache_folder(), fs::current_path() / "f");
}

TEST_F(hub_cache, an_id_is_the_snapshot_of_its_main_branch) {
  const auto snapshot = download("models--org--name");
  EXPECT_EQ(cached_snapshot("org/name"), snapshot);
  EXPECT_EQ(resolve("org/name", store_).kind, Reference::Kind::Checkpoint);
  EXPECT_EQ(resolve("org/name", store_).path, snapshot);
}

TEST_F(hub_cache, a_published_name_is_found_under_its_organisation_and_without) {
  EXPECT_EQ(resolve("roberta-base", store_).hub_id, "FacebookAI/roberta-base");
  const auto with = download("models--FacebookAI--roberta-base");
  EXPECT_EQ(resolve("roberta-base", store_).path, with);
  const auto without = download("models--roberta-base");
  EXPECT_EQ(resolve("roberta-base", store_).path, without);
}

TEST_F(hub_cache, what_is_not_in_it_is_to_be_had_from_the_hub) {
  for (const char* id : {"org/name", "0-x/a.b_c-1"}) {
    EXPECT_EQ(resolve(id, store_).kind, Reference::Kind::Hub) << id;
    EXPECT_EQ(resolve(id, store_).hub_id, id);
  }
  // A mistyped file is no question for the hub, nor is what it does not allow.
  for (const char* path : {"org/name.onnx", "./org/name", "a/b/c", "-a/b", "a/b.", "a--b/c", "a/b c", "../b"})
    EXPECT_THAT(message_of([&] { resolve(path, store_); }), HasSubstr("no such file or folder")) << path;
}

TEST_F(hub_cache, nothing_is_to_be_had_offline) {
  ::setenv("HF_HUB_OFFLINE", "yes", 1);
  EXPECT_THAT(message_of([&] { resolve("roberta-base", store_); }),
              AllOf(HasSubstr("is not in the Hugging Face cache (" + folder_.path().string()),
                    HasSubstr("HF_HUB_OFFLINE"), HasSubstr("--synthetic-weights")));
  EXPECT_THAT(message_of([&] { resolve("org/name", store_); }), Not(HasSubstr("--synthetic-weights")));
  ::setenv("HF_HUB_OFFLINE", "0", 1);
  ::setenv("TRANSFORMERS_OFFLINE", "1", 1);
  EXPECT_EQ(resolve("org/name", store_).kind, Reference::Kind::Hub) << "the variable of the hub goes before";
  ::unsetenv("HF_HUB_OFFLINE");
  EXPECT_THROW(resolve("org/name", store_), base::UserError);
  const auto snapshot = download("models--org--name");
  EXPECT_EQ(resolve("org/name", store_).path, snapshot);
}

TEST_F(hub_cache, a_model_that_is_not_whole_is_not_there) {
  const auto snapshot = download("models--org--name");
  const auto place = [&](const char* name) { fs::create_symlink("../../blobs/aa", snapshot / name); };
  fs::remove(snapshot / "model.safetensors");
  EXPECT_EQ(cached_snapshot("org/name"), std::nullopt) << "only a tokenizer was asked for before";
  place("model.safetensors.index.json");
  place("model-00001-of-00002.safetensors");
  EXPECT_EQ(cached_snapshot("org/name"), std::nullopt) << "a shard is missing";
  fs::create_symlink("../../blobs/bb", snapshot / "model-00002-of-00002.safetensors");
  EXPECT_EQ(cached_snapshot("org/name"), std::nullopt) << "its link leads nowhere";
  fs::remove(snapshot / "model-00002-of-00002.safetensors");
  place("model-00002-of-00002.safetensors");
  EXPECT_EQ(cached_snapshot("org/name"), snapshot);
  fs::remove(snapshot / "config.json");
  EXPECT_EQ(cached_snapshot("org/name"), std::nullopt);
  place("config.json");
  fs::remove(snapshot / "../../blobs/aa");
  EXPECT_EQ(cached_snapshot("org/name"), std::nullopt) << "links that lead nowhere";
}

TEST_F(hub_cache, what_points_nowhere_or_outside_is_not_there) {
  download("models--org--other", "../snapshots/" + kCommit);
  EXPECT_EQ(cached_snapshot("org/other"), std::nullopt) << "a commit is 40 hexadecimal digits, no path";
  download("models--org--short", "abc");
  fs::create_directories(folder_.path() / "models--org--short" / "snapshots" / "abc");
  EXPECT_EQ(cached_snapshot("org/short"), std::nullopt);
  download("models--org--gone", std::string(40, 'f'));
  EXPECT_EQ(cached_snapshot("org/gone"), std::nullopt);
  // Folders that no id of the hub can have.
  for (const char* name : {"models--..--org--other", "models----org", "models--a--b--c", "models--"})
    download(name);
  for (const char* id : {"org/missing", "../org/other", "/org", "a/b/c", ""})
    EXPECT_EQ(cached_snapshot(id), std::nullopt) << id;
}

}  // namespace
}  // namespace inferometer::models
