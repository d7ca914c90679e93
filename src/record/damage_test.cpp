// Every cut, every flipped bit, every line removed, swapped or repeated: noticed, and confined to its line.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "record/record_fixture.h"
#include "record/scan.h"
#include "results/json.h"

namespace inferometer::record {
namespace {

/// Accepted lines, n to their whole content; `problems` gets what was noticed.
std::map<std::int64_t, std::string> accepted(const std::filesystem::path& file,
                                             std::vector<std::string>& problems) {
  std::map<std::int64_t, std::string> lines;
  problems = scan(file, [&](const Line& line) {
               lines[line.n] = line.item + base::to_line(line.value);
             }).all_problems();
  return lines;
}

class Damage : public ::testing::Test {
 protected:
  Damage()
      : file_(write_test_record(folder_.path())), whole_(bytes_of(file_)), all_(accepted(file_, problems_)) {}

  /// Nothing that is accepted may differ from what was written; gives the n of the lines that were lost.
  std::vector<std::int64_t> lost_after(const std::string& bytes) {
    put(file_, bytes);
    const auto left = accepted(file_, problems_);
    std::vector<std::int64_t> lost;
    for (const auto& [n, content] : all_) {
      const auto found = left.find(n);
      if (found == left.end()) {
        lost.push_back(n);
      } else {
        EXPECT_EQ(found->second, content) << "line " << n << " was read with another content";
      }
    }
    EXPECT_EQ(left.size() + lost.size(), all_.size());
    return lost;
  }
  bool noticed() const { return !problems_.empty(); }

  base::ScratchFolder folder_{"damage-test"};
  std::filesystem::path file_;
  std::string whole_;
  std::vector<std::string> problems_;  ///< of the last walk
  std::map<std::int64_t, std::string> all_;
};

TEST_F(Damage, every_cut_loses_only_what_it_cut_and_is_noticed_unless_whole_lines_are_gone) {
  const auto lines = lines_of(whole_);
  std::size_t begin = 0;
  for (std::size_t k = 0; k < lines.size(); begin += lines[k].size(), ++k) {
    for (std::size_t kept = 0; kept < lines[k].size(); ++kept) {
      const auto lost = lost_after(whole_.substr(0, begin + kept));
      const std::size_t whole_lines = k + (kept + 1 == lines[k].size() ? 1 : 0);  // only the newline lacks
      ASSERT_EQ(lost.size(), lines.size() - whole_lines) << "cut at " << begin + kept;
      const Check found = check(file_);
      ASSERT_EQ(found.problems.empty(), kept == 0 && k > 0) << "cut at " << begin + kept;
      ASSERT_EQ(found.ended, whole_lines == lines.size());
    }
  }
}

TEST_F(Damage, every_flipped_bit_is_noticed_and_costs_at_most_its_own_line) {
  const auto lines = lines_of(whole_);
  std::size_t begin = 0;
  for (std::size_t k = 0; k < lines.size(); begin += lines[k].size(), ++k) {
    for (std::size_t bit = 0; bit < lines[k].size() * 8; ++bit) {
      std::string bytes = whole_;
      bytes[begin + bit / 8] = static_cast<char>(bytes[begin + bit / 8] ^ (1 << (bit % 8)));
      const auto lost = lost_after(bytes);
      ASSERT_LE(lost.size(), 1u) << "line " << k << " bit " << bit;
      for (const auto n : lost) ASSERT_EQ(n, static_cast<std::int64_t>(k)) << "bit " << bit;
      ASSERT_TRUE(noticed()) << "line " << k << " bit " << bit;
    }
  }
}

TEST_F(Damage, a_line_whose_ending_is_damaged_is_proven_by_the_next_one) {
  auto lines = lines_of(whole_);
  for (std::size_t k = 0; k + 1 < lines.size(); ++k) {
    for (std::size_t back = 1; back <= 78; ++back) {
      auto damaged = lines;
      auto& byte = damaged[k][damaged[k].size() - back];
      byte = byte == 'Z' ? 'Y' : 'Z';
      EXPECT_TRUE(lost_after(base::join(damaged, "")).empty()) << "line " << k << " byte -" << back;
      EXPECT_TRUE(noticed());
    }
  }
}

TEST_F(Damage, a_removed_line_is_noticed_and_all_others_stay) {
  const auto lines = lines_of(whole_);
  for (std::size_t k = 0; k + 1 < lines.size(); ++k) {
    auto rest = lines;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
    EXPECT_EQ(lost_after(base::join(rest, "")), std::vector<std::int64_t>{static_cast<std::int64_t>(k)});
    EXPECT_TRUE(noticed()) << "line " << k;
  }
}

TEST_F(Damage, swapped_and_repeated_lines_are_noticed_and_none_is_lost) {
  const auto lines = lines_of(whole_);
  for (std::size_t a = 0; a < lines.size(); ++a) {
    for (std::size_t b = 0; b < lines.size(); ++b) {
      auto swapped = lines;
      std::swap(swapped[a], swapped[b]);
      EXPECT_TRUE(lost_after(base::join(swapped, "")).empty()) << a << " with " << b;
      EXPECT_EQ(noticed(), a != b);
      auto repeated = lines;
      repeated.insert(repeated.begin() + static_cast<std::ptrdiff_t>(a), lines[b]);
      EXPECT_TRUE(lost_after(base::join(repeated, "")).empty()) << b << " again at " << a;
      EXPECT_TRUE(noticed());
    }
  }
}

TEST_F(Damage, a_line_of_another_record_is_not_taken_for_one_of_this) {
  const base::ScratchFolder other_folder("damage-test");
  const auto others = lines_of(bytes_of(write_test_record(other_folder.path(), 3, std::string(32, 'f'))));
  const auto lines = lines_of(whole_);
  for (std::size_t k = 1; k < lines.size(); ++k) {
    auto mixed = lines;
    mixed[k] = others[k];
    put(file_, base::join(mixed, ""));
    std::map<std::int64_t, std::string> hashes;
    problems_ = scan(file_, [&](const Line& line) { hashes[line.n] = line.previous; }).all_problems();
    EXPECT_FALSE(hashes.contains(static_cast<std::int64_t>(k))) << k;
    EXPECT_EQ(hashes.size(), lines.size() - 1);
    EXPECT_TRUE(noticed());
  }
}

TEST_F(Damage, a_first_line_of_another_record_that_comes_late_is_not_taken_either) {
  const base::ScratchFolder other_folder("damage-test");
  const auto others = lines_of(bytes_of(write_test_record(other_folder.path(), 3, std::string(32, 'f'))));
  auto mixed = lines_of(whole_);
  mixed.erase(mixed.begin());
  mixed.push_back(others.front());
  put(file_, base::join(mixed, ""));
  EXPECT_THROW(read(file_), base::RecordError);
}

TEST_F(Damage, many_random_flips_never_change_what_is_accepted) {
  base::Random random(11, "flips");
  for (int trial = 0; trial < 300; ++trial) {
    std::string bytes = whole_;
    for (std::uint64_t flips = 1 + random.below(20); flips > 0; --flips) {
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    }
    lost_after(bytes);
    EXPECT_EQ(noticed(), bytes != whole_);
  }
}

TEST(large_damage, in_a_record_of_many_megabytes_sampled_flips_are_confined) {
  const base::ScratchFolder folder("damage-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  for (int i = 0; i < 6; ++i) writer->keep(test_load_set(i, 100'000));
  writer->end();
  writer.reset();
  const std::string whole = bytes_of(file);
  base::Random random(3, "large flips");
  for (int trial = 0; trial < 12; ++trial) {
    std::string bytes = whole;
    bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    put(file, bytes);
    const auto experiment = read(file);
    EXPECT_GE(experiment.load_sets.size(), 5u);
    EXPECT_FALSE(experiment.damage.empty());
  }
}

TEST(messages, damage_is_reported_with_the_line_number_that_an_editor_shows) {
  const base::ScratchFolder folder("damage-test");
  const auto file = write_test_record(folder.path());
  auto lines = lines_of(bytes_of(file));
  lines[3][50] ^= 1;
  lines.erase(lines.begin() + 5);
  put(file, base::join(lines, ""));
  EXPECT_EQ(check(file).problems,
            (std::vector<std::string>{"line 4: sha256 differs: the line is damaged and not used",
                                      "1 line is missing before line 6 (n 5 to 5)"}));
}

}  // namespace
}  // namespace inferometer::record
