#include "models/hub_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "models/models.h"
#include "models/onnx_samples.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kCommit = "0123456789abcdef0123456789abcdef01234567";

class hub_cache : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME"}) {
      const char* value = std::getenv(name);
      if (value != nullptr) before_[name] = value;
      ::unsetenv(name);
    }
    ::setenv("HF_HUB_CACHE", folder_.path().c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME"}) ::unsetenv(name);
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
  }

  /// A download as huggingface_hub lays it: blobs, links to them in the snapshot, the commit in refs.
  fs::path download(const std::string& folder_name, const std::string& commit = kCommit) {
    const auto model = folder_.path() / folder_name;
    const auto snapshot = model / "snapshots" / kCommit;
    for (const auto& part : {model / "blobs", model / "refs", snapshot}) fs::create_directories(part);
    write_bytes(model / "refs" / "main", commit);
    write_bytes(model / "blobs" / "aa", "{}");
    fs::create_symlink("../../blobs/aa", snapshot / "config.json");
    return snapshot;
  }

  base::ScratchFolder folder_{"hub-cache-test"};
  std::map<std::string, std::string> before_;
  packages::Store store_{folder_.path() / "packages", {}};
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
}

TEST_F(hub_cache, an_id_is_the_snapshot_of_its_main_branch) {
  const auto snapshot = download("models--org--name");
  EXPECT_EQ(cached_snapshot("org/name"), snapshot);
  EXPECT_EQ(resolve("org/name", store_).kind, Reference::Kind::Checkpoint);
  EXPECT_EQ(resolve("org/name", store_).path, snapshot);
}

TEST_F(hub_cache, a_published_name_is_found_under_its_organisation_and_without) {
  EXPECT_THAT(message_of([&] { resolve("roberta-base", store_); }),
              AllOf(HasSubstr("is not in the Hugging Face cache"), HasSubstr("--synthetic-weights")));
  const auto with = download("models--FacebookAI--roberta-base");
  EXPECT_EQ(resolve("roberta-base", store_).path, with);
  const auto without = download("models--roberta-base");
  EXPECT_EQ(resolve("roberta-base", store_).path, without);
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
