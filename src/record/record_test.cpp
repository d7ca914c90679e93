#include "record/list.h"
#include "record/reader.h"
#include "record/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "record/line.h"
#include "record/record_fixture.h"
#include "results/json.h"

namespace inferometer::record {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Error, typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(record, what_was_kept_is_read_back) {
  const base::ScratchFolder folder("store-test");
  const auto file = write_test_record(folder.path());
  const auto experiment = read(file);
  EXPECT_EQ(experiment.id, test_header().id);
  EXPECT_EQ(experiment.title, "compare");
  EXPECT_EQ(experiment.started_utc, "2026-11-23T10:00:00Z");
  EXPECT_EQ(base::Json(experiment.plan), base::Json(test_header().plan));
  ASSERT_EQ(experiment.load_sets.size(), 3u);
  EXPECT_EQ(base::Json(experiment.load_sets[2]), base::Json(test_load_set(2)));
  ASSERT_EQ(experiment.truth_checks.size(), 1u);
  EXPECT_EQ(experiment.truth_checks[0].reference, "r, \"quoted\"\n");
  EXPECT_EQ(experiment.stops.at(0).verdicts.at("c0"), results::VerdictKind::Faster);
  EXPECT_EQ(experiment.outcomes.size(), 1u);
  EXPECT_TRUE(experiment.ended);
  EXPECT_FALSE(experiment.interrupted);
  EXPECT_THAT(experiment.damage, IsEmpty());
  EXPECT_EQ(file.filename(), "2026-11-23T10-00-00Z-01234567.jsonl");
}

TEST(record, the_hash_chain_is_the_one_that_record_md_describes) {
  const base::ScratchFolder folder("store-test");
  std::string previous;
  for (const auto& line : lines_of(bytes_of(write_test_record(folder.path())))) {
    const auto json = base::parse_json(line, "line");
    const std::string ending = ",\"sha256\":\"" + json.at("sha256").get<std::string>() + "\"}\n";
    ASSERT_TRUE(line.ends_with(ending));
    EXPECT_EQ(json.at("previous"), previous);
    previous = base::sha256_hex(line.substr(0, line.size() - ending.size()));
    EXPECT_EQ(json.at("sha256"), previous);
  }
}

TEST(record, a_whole_ended_record_has_no_problems_and_no_remarks) {
  const base::ScratchFolder folder("store-test");
  const auto found = check(write_test_record(folder.path()));
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(found.remarks, IsEmpty());
  EXPECT_EQ(found.lines, 8);
  EXPECT_TRUE(found.ended);
}

TEST(record, without_an_end_line_check_says_what_cannot_be_noticed) {
  const base::ScratchFolder folder("store-test");
  const auto writer = Writer::create(folder.path(), test_header());
  EXPECT_THAT(check(writer->file()).problems, IsEmpty());
  EXPECT_THAT(check(writer->file()).remarks, ElementsAre(HasSubstr("no end line")));
}

TEST(record, after_the_end_nothing_more_is_taken) {
  const base::ScratchFolder folder("store-test");
  const auto writer = Writer::create(folder.path(), test_header());
  writer->end();
  EXPECT_THROW(writer->keep(test_load_set(0)), base::RecordError);
  const auto file = writer->file();
  std::vector<std::string> notices;
  EXPECT_THAT(message_of<base::RecordError>([&] { Writer::resume(file, notices); }), HasSubstr("in use by"));
}

TEST(resume, goes_on_where_the_record_stops_and_counts_the_invocations) {
  const base::ScratchFolder folder("store-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  writer->keep(test_load_set(0));
  writer->interrupted();
  writer.reset();
  EXPECT_TRUE(read(file).interrupted);
  std::vector<std::string> notices;
  writer = Writer::resume(file, notices);
  EXPECT_FALSE(read(file).interrupted);
  writer->keep(test_load_set(1));
  writer->interrupted();
  writer.reset();
  writer = Writer::resume(file, notices);
  writer->end();
  const auto experiment = read(file);
  EXPECT_EQ(experiment.invocations, 3);
  EXPECT_EQ(experiment.load_sets.size(), 2u);
  EXPECT_THAT(notices, IsEmpty());
  EXPECT_THAT(check(file).problems, IsEmpty());
}

TEST(resume, sets_a_torn_tail_aside_and_says_so) {
  const base::ScratchFolder folder("store-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  writer->keep(test_load_set(0));
  writer.reset();
  const auto whole = bytes_of(file);
  put(file, whole + "{\"item\":\"load_se");
  std::vector<std::string> notices;
  Writer::resume(file, notices)->end();
  EXPECT_THAT(notices, ElementsAre(HasSubstr("torn tail: 16 bytes set aside in " + file.string() + ".torn")));
  EXPECT_EQ(bytes_of(file.string() + ".torn"), "{\"item\":\"load_se\n");
  EXPECT_TRUE(bytes_of(file).starts_with(whole));
  EXPECT_THAT(check(file).problems, IsEmpty());
}

TEST(resume, a_last_line_that_lacks_only_its_newline_is_kept) {
  const base::ScratchFolder folder("store-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  writer->keep(test_load_set(0));
  writer.reset();
  auto bytes = bytes_of(file);
  bytes.pop_back();
  put(file, bytes);
  EXPECT_EQ(read(file).load_sets.size(), 1u);
  std::vector<std::string> notices;
  Writer::resume(file, notices)->keep(test_load_set(1));
  EXPECT_EQ(read(file).load_sets.size(), 2u);
  EXPECT_THAT(check(file).problems, IsEmpty());
}

TEST(resume, an_ended_or_damaged_record_is_refused_and_left_as_it_is) {
  const base::ScratchFolder folder("store-test");
  const auto file = write_test_record(folder.path());
  std::vector<std::string> notices;
  EXPECT_THAT(message_of<base::RecordError>([&] { Writer::resume(file, notices); }), HasSubstr("has ended"));
  auto lines = lines_of(bytes_of(file));
  lines.pop_back();
  lines[2][100] ^= 1;
  const auto damaged = base::join(lines, "");
  put(file, damaged);
  EXPECT_THAT(message_of<base::RecordError>([&] { Writer::resume(file, notices); }),
              HasSubstr("line 3: sha256 differs"));
  EXPECT_EQ(bytes_of(file), damaged);
}

TEST(lock, a_second_writer_learns_which_process_holds_the_record) {
  const base::ScratchFolder folder("store-test");
  const auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<std::string> notices;
    try {
      Writer::resume(file, notices);
    } catch (const base::RecordError& error) {
      const bool named = std::string(error.what()).find("in use by process " + std::to_string(::getppid())) !=
                         std::string::npos;
      ::_exit(named ? 0 : 2);
    }
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(record, half_a_line_is_no_damage_while_its_writer_lives) {
  const base::ScratchFolder folder("store-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  put(file, bytes_of(file) + "{\"item\":");
  EXPECT_THAT(check(file).problems, IsEmpty());
  EXPECT_THAT(check(file).remarks, Contains(HasSubstr("a running experiment is writing")));
  writer.reset();
  EXPECT_THAT(check(file).problems, ElementsAre(HasSubstr("the last 8 bytes are no whole line")));
}

TEST(version, a_newer_major_version_is_refused_in_one_sentence) {
  const base::ScratchFolder folder("store-test");
  const auto file = folder.path() / "x.jsonl";
  put(file, encode({0, "experiment", "experiment", "", {{"format", "2.0"}}}).bytes);
  EXPECT_EQ(message_of<base::RecordError>([&] { read(file); }),
            file.string() + ": has format 2.0, this program reads up to 1.x: use a newer inferometer");
}

TEST(version, kinds_and_fields_of_a_newer_minor_version_are_passed_over) {
  const base::ScratchFolder folder("store-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  writer.reset();
  const auto first = bytes_of(file);
  const std::string hash = base::parse_json(first, "first").at("sha256");
  put(file, first + encode({1, "quality", "quality/c0", hash, {{"from", "the future"}}}).bytes);
  EXPECT_THAT(read(file).damage, IsEmpty());
  EXPECT_THAT(check(file).remarks, ElementsAre(HasSubstr("no end line"), HasSubstr("kind 'quality'")));
}

TEST(record, of_one_item_written_twice_the_first_counts_and_a_difference_is_reported) {
  const base::ScratchFolder folder("store-test");
  const auto writer = Writer::create(folder.path(), test_header());
  writer->keep(test_load_set(0));
  writer->keep(test_load_set(0));
  EXPECT_EQ(read(writer->file()).load_sets.size(), 1u);
  EXPECT_THAT(check(writer->file()).problems, IsEmpty());
  auto other = test_load_set(0);
  other.measuring_ns = 7;
  writer->keep(other);
  EXPECT_EQ(read(writer->file()).load_sets.at(0).measuring_ns, 1000);
  EXPECT_THAT(check(writer->file()).problems,
              ElementsAre(HasSubstr("line 4: load_set/g0/0 is there already (line 2)")));
}

TEST(record, a_proven_line_of_the_wrong_shape_is_reported_and_the_rest_is_read) {
  const base::ScratchFolder folder("store-test");
  auto writer = Writer::create(folder.path(), test_header());
  const auto file = writer->file();
  writer.reset();
  const auto first = bytes_of(file);
  const std::string hash = base::parse_json(first, "first").at("sha256");
  put(file, first + encode({1, "load_set", "load_set/g0/0", hash, {{"loads", "none"}}}).bytes);
  EXPECT_THAT(read(file).damage, ElementsAre(HasSubstr("line 2: load_set/g0/0 cannot be read")));
}

TEST(record, a_file_that_is_no_record_is_an_error_of_the_record) {
  const base::ScratchFolder folder("store-test");
  const auto file = folder.path() / "x.jsonl";
  for (const std::string bytes : {"", "\n", "{}\n", "hello", "\xff\xfe\n\n\n"}) {
    put(file, bytes);
    EXPECT_THROW(read(file), base::RecordError) << bytes;
    EXPECT_FALSE(check(file).problems.empty()) << bytes;
  }
  EXPECT_THROW(read(folder.path() / "absent"), base::RecordError);
  EXPECT_THROW(read(folder.path()), base::RecordError);
}

}  // namespace
}  // namespace inferometer::record
