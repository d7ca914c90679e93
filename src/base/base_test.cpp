#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <limits>
#include <numeric>
#include <regex>
#include <set>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"

namespace inferometer::base {
namespace {

TEST(hash, agrees_with_the_published_vector_of_abc) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(json, a_duplicate_key_is_refused_by_name) {
  try {
    parse_json(R"({"a": {"b": 1, "b": 2}})", "x.json");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "x.json: duplicate key 'b'");
  }
}

TEST(json, the_same_key_in_two_objects_is_allowed) {
  EXPECT_EQ(parse_json(R"([{"a":1},{"a":2}])", "x").size(), 2u);
}

TEST(json, deep_nesting_is_refused_without_recursion_into_it) {
  EXPECT_THROW(parse_json(std::string(100000, '['), "x"), UserError);
}

TEST(json, not_a_number_becomes_null) {
  EXPECT_EQ(to_line(Json(std::numeric_limits<double>::quiet_NaN())), "null");
}

TEST(files, an_atomic_write_replaces_the_whole_file) {
  ScratchFolder folder("base-test");
  const auto file = folder.path() / "x";
  write_file_atomically(file, "old and long");
  write_file_atomically(file, "new");
  EXPECT_EQ(read_file(file, 100), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(files, a_scratch_folder_of_a_killed_process_is_removed_by_the_next_and_one_in_use_is_not) {
  const ScratchFolder in_use("base-abandoned-test");
  const std::filesystem::path left = in_use.path().string() + "-left";
  const std::filesystem::path new_born = in_use.path().string() + "-new";
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(2);
  for (const auto& folder : {left, new_born}) {
    std::filesystem::create_directory(folder);
    write_file_atomically(folder / "x", "x");
  }
  std::filesystem::last_write_time(left, long_ago);
  std::filesystem::last_write_time(in_use.path(), long_ago);
  const ScratchFolder next("base-abandoned-test");
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(in_use.path()));
  EXPECT_TRUE(std::filesystem::exists(new_born / "x")) << "its owner has no lock yet";
  std::filesystem::remove_all(new_born);
}

TEST(files, a_folder_and_a_file_over_the_limit_are_refused) {
  ScratchFolder folder("base-test");
  EXPECT_THROW(read_file(folder.path(), 100), UserError);
  write_file_atomically(folder.path() / "x", "12345");
  EXPECT_THROW(read_file(folder.path() / "x", 4), UserError);
}

TEST(text, the_nearest_word_is_offered_only_when_it_is_near) {
  const std::vector<std::string> engines = {"onnxruntime", "openvino"};
  EXPECT_EQ(nearest("onnxrutime", engines), "onnxruntime");
  EXPECT_EQ(nearest("tensorflow", engines), "");
}

TEST(text, escapes_and_direction_overrides_are_shown_as_question_marks) {
  EXPECT_EQ(printable("a\x1b[31mb\xE2\x80\xAE"
                      "c"),
            "a?[31mb?c");
}

TEST(text, control_characters_of_two_bytes_and_lone_bytes_are_shown_as_question_marks) {
  EXPECT_EQ(printable("a\xC2\x9B"
                      "31m"),
            "a?31m");
  EXPECT_EQ(printable("a\x9B"
                      "31m"),
            "a?31m");
  EXPECT_EQ(printable("a\xD8\x9C\xE2\x81\xA6"
                      "b"),
            "a??b");
  EXPECT_EQ(printable("\xE2\x80\xB0"), "\xE2\x80\xB0");
  EXPECT_EQ(printable("\xEF\xBB\xBF"
                      "x"),
            "?x");
  EXPECT_EQ(printable("\xC3\xA9t\xC3\xA9 \xE6\xA8\xA1\xE5\x9E\x8B"),
            "\xC3\xA9t\xC3\xA9 \xE6\xA8\xA1\xE5\x9E\x8B");
}

TEST(text, a_long_text_is_never_cut_inside_a_letter) {
  EXPECT_EQ(printable("ab\xC3\xA9", 3), "ab...");
  EXPECT_EQ(printable("ab\xC3\xA9", 4), "ab\xC3\xA9");
}

TEST(text, times_have_three_digits) {
  EXPECT_EQ(format_ns(850), "850 ns");
  EXPECT_EQ(format_ns(5'214'000), "5.21 ms");
  EXPECT_EQ(format_ns(52'140'000), "52.1 ms");
  EXPECT_EQ(format_seconds(3723), "1 h 02 min");
}

TEST(text, a_shell_reads_a_quoted_word_as_it_was) {
  for (const std::string word :
       {"height=N", "?0=N", "", "it's", "a b", "$HOME `id` \\ \"x\"", "~", "a\nb", "*", "{1,2}"}) {
    FILE* shell = ::popen(("printf %s " + shell_word(word)).c_str(), "r");
    ASSERT_NE(shell, nullptr);
    char read[100] = {};
    const auto length = std::fread(read, 1, sizeof read, shell);
    ::pclose(shell);
    EXPECT_EQ(std::string(read, length), word);
  }
  EXPECT_EQ(shell_word("height=N"), "height=N");
  EXPECT_EQ(shell_word("?0=N"), "'?0=N'");
}

TEST(clock, a_wall_clock_time_is_written_as_in_iso_8601) {
  EXPECT_TRUE(std::regex_match(utc_now(), std::regex(R"(20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ)")))
      << utc_now();
}

TEST(random, a_drawn_seed_has_at_most_32_bits_and_two_draws_differ) {
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 8; ++i) drawn.insert(draw_seed());
  EXPECT_GT(drawn.size(), 1u);
  EXPECT_LE(*drawn.rbegin(), 0xFFFFFFFFu);
}

TEST(random, a_shuffle_keeps_the_items_and_depends_on_seed_and_stream) {
  std::vector<int> a(20), b(20), c(20);
  std::iota(a.begin(), a.end(), 0);
  b = a;
  c = a;
  Random(1, "x").shuffle(std::span<int>(a));
  Random(1, "x").shuffle(std::span<int>(b));
  Random(1, "y").shuffle(std::span<int>(c));
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_EQ(std::set<int>(a.begin(), a.end()).size(), 20u);
}

TEST(random, each_of_six_orders_of_three_comes_up_about_as_often) {
  Random random(7, "orders");
  int counts[3][3] = {};
  for (int trial = 0; trial < 6000; ++trial) {
    int items[3] = {0, 1, 2};
    random.shuffle(std::span<int>(items));
    for (int place = 0; place < 3; ++place) ++counts[items[place]][place];
  }
  for (const auto& row : counts) {
    for (const int count : row) EXPECT_NEAR(count, 2000, 200);  // 5.5 standard deviations
  }
}

}  // namespace
}  // namespace inferometer::base
