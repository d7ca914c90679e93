#include "record/sources.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "record/record_fixture.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Sources_of : public ::testing::Test {
 protected:
  Sources look() {
    return verified_sources(records(), scratch_.path() / "memory",
                            [this](const results::Experiment& experiment) {
                              ++derived_;
                              return std::vector<DerivedLine>{{"sets", experiment.load_sets.size()}};
                            });
  }
  fs::path records() const { return scratch_.path() / "record"; }

  base::ScratchFolder scratch_{"sources-test"};
  int derived_ = 0;
};

const std::string kOther = "fedcba9876543210fedcba9876543210";

TEST_F(Sources_of, no_record_are_none) {
  EXPECT_THAT(look().all, IsEmpty());
  EXPECT_THAT(look().left_out, IsEmpty());
}

TEST_F(Sources_of, a_whole_record_is_read_where_it_lies_and_proven_once) {
  const auto record = write_test_record(records());
  const auto first = look();
  ASSERT_THAT(first.all, SizeIs(1));
  EXPECT_EQ(first.all[0].lines, fs::canonical(record));
  EXPECT_THAT(lines_of(bytes_of(first.all[0].derived)),
              ElementsAre(HasSubstr("\"kind\":\"verified\""), HasSubstr("\"kind\":\"sets\",\"value\":3")));
  for (const auto& line : lines_of(bytes_of(record))) EXPECT_LE(line.size(), first.longest_line_bytes());
  const auto second = look();
  EXPECT_EQ(derived_, 1);
  EXPECT_EQ(second.fingerprint(), first.fingerprint());
  EXPECT_EQ(second.longest_line_bytes(), first.longest_line_bytes());
}

TEST_F(Sources_of, a_record_that_changed_is_proven_again) {
  const auto record = write_test_record(records());
  const auto before = look().fingerprint();
  fs::last_write_time(record, fs::last_write_time(record) + std::chrono::nanoseconds(1000));
  EXPECT_NE(look().fingerprint(), before);
  EXPECT_EQ(derived_, 2);
  fs::remove(look().all[0].derived);
  look();
  EXPECT_EQ(derived_, 3) << "what was remembered is gone";
}

TEST_F(Sources_of, of_a_damaged_record_the_proven_lines_are_copied) {
  const auto record = write_test_record(records());
  auto bytes = bytes_of(record);
  bytes[bytes.find("load_set/g0/1") + 60] ^= 1;
  put(record, bytes);
  for (int again = 0; again < 2; ++again) {
    const auto found = look();
    ASSERT_THAT(found.all, SizeIs(1));
    EXPECT_THAT(found.left_out, ElementsAre(HasSubstr("line 4: sha256 differs")));
    const auto copied = bytes_of(found.all[0].lines);
    EXPECT_THAT(copied, HasSubstr("load_set/g0/0"));
    EXPECT_THAT(copied, Not(HasSubstr("load_set/g0/1")));
    EXPECT_THAT(copied, HasSubstr("load_set/g0/2"));
  }
  EXPECT_EQ(derived_, 1);
}

TEST_F(Sources_of, what_may_still_be_written_to_is_copied) {
  const auto writer = Writer::create(records(), test_header());
  writer->keep(test_load_set(0));
  const auto found = look();
  EXPECT_NE(found.all.at(0).lines, fs::canonical(writer->file()));
  EXPECT_THAT(lines_of(bytes_of(found.all[0].lines)), SizeIs(2));
  writer->keep(test_load_set(1));
  EXPECT_THAT(lines_of(bytes_of(look().all.at(0).lines)), SizeIs(3));
}

TEST_F(Sources_of, copies_are_one_and_contradictions_none) {
  const auto record = write_test_record(records());
  write_test_record(records(), 1, kOther);
  fs::create_directories(records() / "elsewhere");
  const auto copy = records() / "elsewhere" / "copy.jsonl";
  fs::copy_file(record, copy);
  EXPECT_THAT(look().all, SizeIs(2));
  fs::remove(copy);
  fs::rename(write_test_record(records() / "elsewhere", 2), copy);
  const auto found = look();
  ASSERT_THAT(found.all, SizeIs(1));
  EXPECT_EQ(found.all[0].experiment, kOther);
  EXPECT_THAT(found.left_out, ElementsAre(HasSubstr("neither is used"), HasSubstr("neither is used")));
}

TEST_F(Sources_of, a_file_without_a_plan_is_left_out_and_named) {
  write_test_record(records());
  put(records() / "page.jsonl", "<html>\n");
  const auto found = look();
  EXPECT_THAT(found.all, SizeIs(1));
  EXPECT_THAT(found.left_out, ElementsAre(HasSubstr("page.jsonl: its first line")));
}

TEST_F(Sources_of, records_that_are_gone_are_forgotten) {
  const auto record = write_test_record(records());
  const auto derived = look().all.at(0).derived;
  fs::remove(record);
  EXPECT_THAT(look().all, IsEmpty());
  EXPECT_FALSE(fs::exists(derived));
}

}  // namespace
}  // namespace inferometer::record
