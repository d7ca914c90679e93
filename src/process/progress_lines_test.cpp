#include "process/progress_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "process/children_fixture.h"

namespace inferometer::process {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ProgressLine : public testing::Test {
 protected:
  std::vector<std::string> sentences_;
  ProgressLines lines_{[this](const std::string& sentence) { sentences_.push_back(sentence); }};
};

TEST_F(ProgressLine, lines_are_parted_from_the_log_wherever_the_pieces_are_cut) {
  const std::string stream = "warning\nprogress: one\nto\n\nprogress: \nprogress: two\nunprogress: x\n";
  std::string logged;
  for (const char byte : stream) logged += lines_.take({&byte, 1});
  EXPECT_EQ(logged, "warning\nto\n\nunprogress: x\n");
  EXPECT_THAT(sentences_, ElementsAre("one", "", "two"));
  EXPECT_EQ(lines_.take(stream), logged);
}

TEST_F(ProgressLine, the_last_line_needs_no_end) {
  EXPECT_EQ(lines_.take("progress: on"), "");
  EXPECT_EQ(lines_.finish(), "");
  EXPECT_THAT(sentences_, ElementsAre("on"));
  EXPECT_EQ(lines_.take("prog"), "");
  EXPECT_EQ(lines_.finish(), "prog\n");
  EXPECT_EQ(lines_.finish(), "");
}

TEST_F(ProgressLine, a_line_that_never_ends_is_cut_and_moves_no_cursor) {
  lines_.take("progress: \x1b[2J" + std::string(1 << 20, 'x'));
  lines_.take("\n");
  ASSERT_THAT(sentences_, SizeIs(1));
  EXPECT_EQ(sentences_[0], "?[2J" + std::string(996, 'x'));
}

TEST(notifying_child, is_heard_while_it_works) {
  // The child waits for a signal that only the listener sends.
  SpawnRequest request = shell("trap 'exit 3' USR1; echo \"progress: $$\" >&2; while :; do sleep 0.01; done");
  request.notify = [](const std::string& sentence) { ::kill(std::stoi(sentence), SIGUSR1); };
  const Finished finished = run(request, std::chrono::seconds(20));
  EXPECT_EQ(finished.exit.to_text(), "exit code 3");
  EXPECT_EQ(finished.log, "");
}

TEST(notifying_child, that_nobody_listens_to_is_logged) {
  EXPECT_EQ(run(shell("echo 'progress: one' >&2"), std::chrono::seconds(5)).log, "progress: one\n");
}

}  // namespace
}  // namespace inferometer::process
