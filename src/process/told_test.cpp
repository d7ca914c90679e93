#include "process/told.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "process/test_children.h"

namespace inferometer::process {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class told : public testing::Test {
 protected:
  std::vector<std::string> sentences_;
  ToldLines lines_{[this](const std::string& sentence) { sentences_.push_back(sentence); }};
};

TEST_F(told, lines_are_parted_from_the_log_wherever_the_pieces_are_cut) {
  const std::string stream = "warning\ntold: one\nto\n\ntold: \ntold: two\nuntold: x\n";
  std::string logged;
  for (const char byte : stream) logged += lines_.take({&byte, 1});
  EXPECT_EQ(logged, "warning\nto\n\nuntold: x\n");
  EXPECT_THAT(sentences_, ElementsAre("one", "", "two"));
  EXPECT_EQ(lines_.take(stream), logged);
}

TEST_F(told, the_last_line_needs_no_end) {
  EXPECT_EQ(lines_.take("told: on"), "");
  EXPECT_EQ(lines_.finish(), "");
  EXPECT_THAT(sentences_, ElementsAre("on"));
  EXPECT_EQ(lines_.take("tol"), "");
  EXPECT_EQ(lines_.finish(), "tol\n");
  EXPECT_EQ(lines_.finish(), "");
}

TEST_F(told, a_line_that_never_ends_is_cut_and_moves_no_cursor) {
  lines_.take("told: \x1b[2J" + std::string(1 << 20, 'x'));
  lines_.take("\n");
  ASSERT_THAT(sentences_, SizeIs(1));
  EXPECT_EQ(sentences_[0], "?[2J" + std::string(996, 'x'));
}

TEST(telling_child, is_heard_while_it_works) {
  // The child waits for a signal that only the listener sends.
  SpawnRequest request = shell("trap 'exit 3' USR1; echo \"told: $$\" >&2; while :; do sleep 0.01; done");
  request.tell = [](const std::string& sentence) { ::kill(std::stoi(sentence), SIGUSR1); };
  const Finished finished = run(request, std::chrono::seconds(20));
  EXPECT_EQ(finished.exit.to_text(), "exit code 3");
  EXPECT_EQ(finished.log, "");
}

TEST(telling_child, that_nobody_listens_to_is_logged) {
  EXPECT_EQ(run(shell("echo 'told: one' >&2"), std::chrono::seconds(5)).log, "told: one\n");
}

}  // namespace
}  // namespace inferometer::process
