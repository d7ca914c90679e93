#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "record/record_fixture.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string refusal(const fs::path& folder, const std::string& word) {
  try {
    find(folder, word);
  } catch (const base::UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

/// A record that started at `hour`, left in `state`.
fs::path record_at(const fs::path& folder, int hour, const std::string& id, const std::string& state) {
  Header header = test_header(id);
  header.started_utc = "2026-11-23T" + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":00:00Z";
  const auto writer = Writer::create(folder, header);
  writer->keep(test_load_set(0));
  if (state == "ended") writer->end();
  if (state == "interrupted") writer->interrupted();
  return writer->file();
}

TEST(list, shows_every_record_below_the_folder_newest_first_with_its_state) {
  const base::ScratchFolder folder("list-test");
  record_at(folder.path(), 9, std::string(32, 'a'), "ended");
  record_at(folder.path() / "from" / "elsewhere", 11, std::string(32, 'b'), "interrupted");
  record_at(folder.path(), 10, std::string(32, 'c'), "unfinished");
  const auto entries = list(folder.path());
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].id[0], 'b');
  EXPECT_EQ(entries[0].state, "interrupted");
  EXPECT_EQ(entries[0].command, "inferometer compare \"a model\"");
  EXPECT_EQ(entries[1].state, "unfinished");
  EXPECT_EQ(entries[2].state, "ended");
  EXPECT_EQ(entries[2].title, "compare");
}

TEST(list, of_an_absent_folder_is_empty) {
  const base::ScratchFolder folder("list-test");
  EXPECT_TRUE(list(folder.path() / "absent").empty());
}

TEST(list, a_torn_record_is_unfinished_and_a_file_that_is_none_is_damaged) {
  const base::ScratchFolder folder("list-test");
  const auto file = record_at(folder.path(), 9, std::string(32, 'a'), "unfinished");
  put(file, bytes_of(file) + "{\"item\":");
  put(folder.path() / "foreign.jsonl", "{\"a\":1}\n");
  const auto entries = list(folder.path());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].state, "unfinished");
  EXPECT_EQ(entries[1].state, "damaged");
}

TEST(list, a_copy_that_is_the_beginning_of_another_is_the_same_row) {
  const base::ScratchFolder folder("list-test");
  const auto file = record_at(folder.path() / "a", 9, std::string(32, 'a'), "ended");
  const auto lines = lines_of(bytes_of(file));
  fs::create_directory(folder.path() / "b");
  put(folder.path() / "b" / "copy.jsonl", lines[0] + lines[1] + "{\"torn");
  const auto entries = list(folder.path());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].file, file);
  EXPECT_EQ(entries[0].state, "ended");
}

TEST(list, copies_that_contradict_each_other_are_both_shown_as_damaged) {
  const base::ScratchFolder folder("list-test");
  const auto file = record_at(folder.path(), 9, std::string(32, 'a'), "ended");
  auto bytes = bytes_of(file);
  bytes[bytes.size() / 2] ^= 1;
  put(folder.path() / "copy.jsonl", bytes);
  const auto entries = list(folder.path());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].state, "damaged");
  EXPECT_EQ(entries[1].state, "damaged");
}

TEST(find, takes_an_id_its_beginning_last_or_a_path) {
  const base::ScratchFolder folder("list-test");
  const auto old = record_at(folder.path(), 9, "ab" + std::string(30, '0'), "ended");
  const auto young = record_at(folder.path(), 10, "ac" + std::string(30, '0'), "ended");
  EXPECT_EQ(find(folder.path(), "ab" + std::string(30, '0')), old);
  EXPECT_EQ(find(folder.path(), "ac"), young);
  EXPECT_EQ(find(folder.path(), "last"), young);
  EXPECT_EQ(find(folder.path(), old.string()), old);
}

TEST(find, refuses_with_what_there_is) {
  const base::ScratchFolder folder("list-test");
  EXPECT_THAT(refusal(folder.path(), "last"),
              HasSubstr("there is none yet: run `inferometer compare MODEL`"));
  record_at(folder.path(), 9, "ab" + std::string(30, '0'), "ended");
  record_at(folder.path(), 10, "ac" + std::string(30, '0'), "ended");
  EXPECT_THAT(refusal(folder.path(), "a"), HasSubstr("2 files match"));
  EXPECT_THAT(refusal(folder.path(), "x"), HasSubstr("the newest are ac000000, ab000000"));
  EXPECT_THAT(refusal(folder.path(), "./absent.jsonl"), HasSubstr("no such record file"));
  EXPECT_THAT(refusal(folder.path(), ""), HasSubstr("an id, the beginning of one"));
}

}  // namespace
}  // namespace inferometer::record
