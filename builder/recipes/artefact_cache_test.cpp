#include "builder/recipes/artefact_cache.h"
#include "base/test_fixture.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

namespace inferometer::builder {
namespace {

using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class artefact_cache : public ::testing::Test {
 protected:
  ArtefactCache::Entry find_or_build(const Origin& origin) {
    return cache_.find_or_build(origin, [this](const fs::path& into) {
      ++made_;
      write_bytes(into / "model.onnx", "model");
    });
  }

  base::ScratchFolder folder_{"artefact-cache-test"};
  DigestMemo digests_{folder_.path() / "digests"};
  std::vector<std::string> messages_;
  ArtefactCache cache_{folder_.path() / "artefacts", digests_,
                       [this](const std::string& sentence) { messages_.push_back(sentence); }};
  Origin origin_{"recipe 1", {{"config.json", "aa"}, {"model.safetensors", "bb"}}};
  int made_ = 0;
};

TEST_F(artefact_cache, an_artefact_is_made_once) {
  const auto first = find_or_build(origin_);
  const auto second = find_or_build(origin_);
  EXPECT_FALSE(first.cached);
  EXPECT_TRUE(second.cached);
  EXPECT_EQ(second.folder, first.folder);
  EXPECT_EQ(made_, 1);
  EXPECT_EQ(base::read_file(second.folder / "model.onnx", 100), "model");
}

TEST_F(artefact_cache, the_key_depends_on_recipe_and_every_input) {
  auto other = origin_;
  other.recipe = "recipe 2";
  EXPECT_NE(other.key(), origin_.key());
  other = origin_;
  other.inputs[1].sha256 = "cc";
  EXPECT_NE(other.key(), origin_.key());
  EXPECT_EQ(origin_.key(), Origin(origin_).key());
}

TEST_F(artefact_cache, a_damaged_artefact_is_set_aside_and_made_again_aloud) {
  const auto folder = find_or_build(origin_).folder;
  const auto damages = std::vector<std::function<void()>>{
      [&] { write_bytes(folder / "model.onnx", "mOdel"); },
      [&] { write_bytes(folder / "model.onnx", "mod"); },
      [&] { fs::remove(folder / "model.onnx"); },
      [&] { write_bytes(folder / "artefact.json", "{\"files\": 3"); },
      [&] { write_bytes(folder / "artefact.json", "{}"); },
      [&] { fs::remove(folder / "artefact.json"); },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    damages[i]();
    messages_.clear();
    const auto entry = find_or_build(origin_);
    EXPECT_FALSE(entry.cached) << i;
    EXPECT_THAT(messages_, ElementsAre(HasSubstr("set aside as"))) << i;
    EXPECT_TRUE(fs::exists(folder.string() + ".damaged"));
    EXPECT_TRUE(find_or_build(origin_).cached) << i;
  }
}

TEST_F(artefact_cache, what_could_not_be_made_leaves_nothing_behind) {
  EXPECT_THROW(cache_.find_or_build(origin_,
                                    [](const fs::path& into) {
                                      write_bytes(into / "half", "x");
                                      throw base::UserError("full disk");
                                    }),
               base::UserError);
  EXPECT_FALSE(fs::exists(folder_.path() / "artefacts" / origin_.key()));
  EXPECT_FALSE(fs::exists(folder_.path() / "artefacts" / (origin_.key() + ".unfinished")));
  EXPECT_FALSE(find_or_build(origin_).cached);
}

TEST_F(artefact_cache, who_waits_for_another_process_is_reported) {
  const int other =
      ::open((folder_.path() / "artefacts" / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  ArtefactCache waiting(folder_.path() / "artefacts", digests_, [&](const std::string& sentence) {
    messages_.push_back(sentence);
    ::close(other);  // and the other process has ended
  });
  waiting.find_or_build(origin_, [](const fs::path& into) { write_bytes(into / "model.onnx", "model"); });
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("waiting for another process")));
}

TEST_F(artefact_cache, what_a_killed_process_left_is_removed_not_used) {
  const auto left = folder_.path() / "artefacts" / (origin_.key() + ".unfinished");
  fs::create_directory(left);
  write_bytes(left / "stale", "x");
  const auto entry = find_or_build(origin_);
  EXPECT_FALSE(fs::exists(entry.folder / "stale"));
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(artefact_cache, a_digest_is_remembered_only_for_a_settled_unchanged_file) {
  const auto file = write_bytes(folder_.path() / "x", "old");
  const auto memos = [&] {
    return std::distance(fs::directory_iterator(folder_.path() / "digests"), fs::directory_iterator());
  };
  const auto fresh = digests_.of(file);
  EXPECT_EQ(memos(), 0) << "a file that has just changed may change again within the same tick";
  write_bytes(file, "new");
  EXPECT_NE(digests_.of(file), fresh);
  // Part of the system: nobody has touched it for long.
  const auto digest = digests_.of("/bin/sh");
  EXPECT_EQ(memos(), 1);
  EXPECT_EQ(digests_.of("/bin/sh"), digest);
}

}  // namespace
}  // namespace inferometer::builder
