#include "process/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "process/children_fixture.h"
#include "process/environment.h"

namespace inferometer::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

// ---- start and end ------------------------------------------------------------------------------

TEST(child, ends_with_its_exit_code) {
  const Finished finished = run(shell("exit 3"), seconds(5));
  EXPECT_EQ(finished.exit.to_text(), "exit code 3");
  EXPECT_FALSE(finished.timed_out);
}

TEST(child, a_signal_is_named) {
  EXPECT_EQ(run(shell("kill -SEGV $$"), seconds(5)).exit.to_text(), "SIGSEGV (Segmentation fault)");
}

TEST(child, stdout_of_any_length_goes_where_it_is_wanted_and_not_into_the_log) {
  SpawnRequest request = shell("head -c 3000000 /dev/zero | tr '\\0' x; echo talk >&2");
  request.log_limit_bytes = 100;
  std::size_t bytes = 0;
  request.standard_output_to = [&bytes](std::string_view piece) { bytes += piece.size(); };
  const Finished finished = run(request, seconds(20));
  EXPECT_EQ(bytes, 3'000'000u);
  EXPECT_EQ(finished.log, "talk\n");
}

TEST(child, a_program_that_is_not_there_is_named_with_the_reason) {
  SpawnRequest request;
  request.arguments = {"/no/such/program"};
  try {
    Child child(request);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(), "/no/such/program: cannot be started: No such file or directory");
  }
  request.arguments = {"inferometer-no-such-program"};
  EXPECT_THROW(Child child(request), base::UserError);
}

TEST(child, a_script_without_interpreter_is_not_handed_to_a_shell) {
  base::ScratchFolder folder("process-test");
  const auto script = folder.path() / "script";
  base::write_file_atomically(script, "exit 0\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  SpawnRequest request;
  request.arguments = {script.string()};
  EXPECT_THROW(Child child(request), base::UserError);
}

TEST(child, a_cpu_or_folder_that_is_not_there_is_reported_before_anything_runs) {
  SpawnRequest request = shell("exit 0");
  request.cpus = {5000};
  try {
    Child child(request);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(), "/bin/sh: cannot be bound to CPU 5000: Invalid argument");
  }
  request = shell("exit 0");
  request.working_folder = "/no/such/folder";
  EXPECT_THROW(Child child(request), base::UserError);
}

TEST(child, a_name_is_looked_up_in_path_and_arguments_are_never_parsed) {
  SpawnRequest request;
  request.arguments = {"echo", "$HOME; exit 1", "*"};
  request.capture_standard_output = true;
  EXPECT_EQ(run(request, seconds(5)).output, "$HOME; exit 1 *\n");
}

TEST(child, standard_input_is_fed_whole_and_then_ends) {
  SpawnRequest request = shell("wc -c; readlink /proc/self/fd/0 > /dev/null");
  request.standard_input = std::string(3'000'000, 'x');
  request.capture_standard_output = true;
  EXPECT_EQ(run(request, seconds(5)).output, "3000000\n");
  request.standard_input = "";
  EXPECT_EQ(run(request, seconds(5)).output, "0\n");
}

TEST(child, gets_a_clean_environment_with_what_was_given) {
  ::setenv("INFEROMETER_TEST_KEPT", "1", 1);
  ::setenv("SECRET_TOKEN", "2", 1);
  ::setenv("LD_PRELOAD_NOT", "3", 1);
  SpawnRequest request;
  request.arguments = {"/usr/bin/env"};
  request.environment["GIVEN"] = "4";
  request.capture_standard_output = true;
  const std::string clean = run(request, seconds(5)).output;
  EXPECT_THAT(clean, HasSubstr("INFEROMETER_TEST_KEPT=1\n"));
  EXPECT_THAT(clean, HasSubstr("GIVEN=4\n"));
  EXPECT_THAT(clean, HasSubstr("PATH="));
  EXPECT_THAT(clean, Not(HasSubstr("SECRET_TOKEN")));
  EXPECT_THAT(clean, Not(HasSubstr("LD_PRELOAD_NOT")));
  request.keep_environment = true;
  EXPECT_THAT(run(request, seconds(5)).output, HasSubstr("SECRET_TOKEN=2\n"));
}

TEST(child, inherits_what_says_which_devices_there_are_and_nothing_that_changes_how_engines_compute) {
  ::setenv("CUDA_VISIBLE_DEVICES", "1", 1);
  ::setenv("OMP_NUM_THREADS", "64", 1);
  EXPECT_EQ(inherited_variables().at("CUDA_VISIBLE_DEVICES"), "1");
  EXPECT_TRUE(inherited_variables().contains("PATH"));
  EXPECT_FALSE(inherited_variables().contains("OMP_NUM_THREADS"));
  EXPECT_EQ(inherited_engine_variables().at("CUDA_VISIBLE_DEVICES"), "1");
  EXPECT_FALSE(inherited_engine_variables().contains("PATH"));
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  ::unsetenv("OMP_NUM_THREADS");
}

TEST(child, has_no_descriptor_but_its_own) {
  const int leaked = ::open("/dev/null", O_RDONLY);
  SpawnRequest request = shell("ls /proc/self/fd");
  request.capture_standard_output = true;
  // ls itself holds the folder open as 3.
  EXPECT_EQ(run(request, seconds(5)).output, "0\n1\n2\n3\n");
  request.channel = true;
  EXPECT_EQ(run(request, seconds(5)).output, "0\n1\n2\n3\n4\n5\n");
  ::close(leaked);
}

TEST(child, is_in_its_own_session_with_limits_affinity_and_standard_signals) {
  SpawnRequest request = shell(
      "cut -d' ' -f1,5,6 /proc/$$/stat; cat /proc/self/oom_score_adj; ulimit -c;"
      "ulimit -d; grep -E 'Cpus_allowed_list|SigBlk|SigIgn|NoNewPrivs' /proc/self/status");
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &allowed)) ++cpu;
  request.cpus = {cpu};
  request.data_limit_bytes = 512u << 20;
  request.capture_standard_output = true;
  ::signal(SIGPIPE, SIG_IGN);
  const Finished finished = run(request, seconds(5));
  ::signal(SIGPIPE, SIG_DFL);
  const auto lines = base::split(finished.output, '\n');
  ASSERT_GE(lines.size(), 8u) << finished.output;
  const auto ids = base::split(lines[0], ' ');
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0], ids[2]);
  std::ifstream own_score("/proc/self/oom_score_adj");
  int score = 0;
  own_score >> score;
  EXPECT_EQ(lines[1], std::to_string(std::min(score + 500, 1000)));
  EXPECT_EQ(lines[2], "0");
  EXPECT_EQ(lines[3], std::to_string((512u << 20) / 1024));
  EXPECT_THAT(lines, testing::Contains("Cpus_allowed_list:\t" + std::to_string(cpu)));
  EXPECT_THAT(lines, testing::Contains("SigBlk:\t0000000000000000"));
  const auto ignored =
      std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("SigIgn"); });
  ASSERT_NE(ignored, lines.end());
  // 32 and 33 are the C library's own: no program can set them, so they stay as whoever started us left them.
  constexpr unsigned long long kOfTheLibrary = 3ull << 31;
  EXPECT_EQ(std::stoull(ignored->substr(ignored->find('\t') + 1), nullptr, 16) & ~kOfTheLibrary, 0u)
      << *ignored;
  EXPECT_THAT(lines, testing::Contains("NoNewPrivs:\t1"));
}

TEST(child, a_deadline_ends_it_even_when_it_ignores_sigterm) {
  const Finished finished = run(shell("trap '' TERM INT HUP; sleep 100; sleep 100"), milliseconds(100));
  EXPECT_TRUE(finished.timed_out);
  EXPECT_EQ(finished.exit.to_text(), "SIGKILL (Killed)");
  EXPECT_EQ(finished.exit.left_behind, 1);
}

TEST(child, two_hundred_spawns_and_kills_leave_nothing) {
  run(shell("exit 0"), seconds(5));
  const auto before = open_descriptors();
  for (int round = 0; round < 200; ++round) {
    Child child(shell_with_channel("exec sleep 100"));
    if (round % 2 == 0) child.kill_tree();
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(child, a_refused_spawn_leaves_neither_process_nor_descriptor) {
  const auto before = open_descriptors();
  SpawnRequest request;
  request.arguments = {"/no/such/program"};
  request.channel = true;
  for (int round = 0; round < 20; ++round) EXPECT_THROW(Child child(request), base::UserError);
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

// ---- channel and log ----------------------------------------------------------------------------

TEST(channel, lines_go_to_descriptor_3_and_come_from_4) {
  Child child(shell_with_channel("while read line <&3; do echo \"<$line>\" >&4; done"));
  ASSERT_TRUE(child.send("one", seconds(1)));
  EXPECT_EQ(receive_line(child), "<one>\n");
  ASSERT_TRUE(child.send("two", seconds(1)));
  EXPECT_EQ(receive_line(child), "<two>\n");
}

TEST(channel, silence_is_a_timeout_and_the_end_is_reported_with_the_exit) {
  Child child(shell_with_channel("read line <&3; exit 7"));
  std::string bytes;
  EXPECT_EQ(child.receive(bytes, milliseconds(50)), Child::Received::Timeout);
  child.send("go", seconds(1));
  EXPECT_EQ(child.receive(bytes, seconds(5)), Child::Received::End);
  EXPECT_EQ(child.wait(seconds(5))->to_text(), "exit code 7");
}

TEST(channel, the_end_is_seen_although_a_grandchild_holds_the_channel_open) {
  Child child(shell_with_channel("sleep 100 & printf half >&4; exit 0"));
  std::string bytes;
  while (child.receive(bytes, seconds(5)) == Child::Received::Bytes) {
  }
  EXPECT_EQ(bytes, "half");
  const auto exit = child.wait(seconds(5));
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->to_text(), "exit code 0");
  EXPECT_EQ(exit->left_behind, 1);
}

TEST(channel, writing_to_a_child_that_does_not_read_ends_by_the_deadline) {
  Child child(shell_with_channel("exec sleep 100"));
  EXPECT_FALSE(child.send(std::string(4u << 20, 'x'), milliseconds(100)));
}

TEST(channel, writing_to_a_dead_child_is_false_and_no_signal) {
  Child child(shell_with_channel("exit 0"));
  child.wait(seconds(5));
  EXPECT_FALSE(child.send("x", seconds(1)));
}

TEST(channel, megabytes_on_stdout_block_nobody_and_are_bounded) {
  SpawnRequest request =
      shell_with_channel("head -c 8000000 /dev/zero; echo last >&2; echo reply >&4; sleep 100");
  request.log_limit_bytes = 1000;
  Child child(request);
  EXPECT_EQ(receive_line(child), "reply\n");
  child.kill_tree();
  EXPECT_THAT(child.log_tail(), StartsWith("[7999000 bytes dropped]\n"));
  EXPECT_THAT(child.log_tail(), HasSubstr("last\n"));
  EXPECT_LT(child.log_tail().size(), 1100u);
}

TEST(channel, what_was_printed_while_nobody_listened_is_in_the_log) {
  Child child(shell("echo last words; kill -STOP $$"));
  while (thread_states(child.pid()) != "T") std::this_thread::sleep_for(milliseconds(1));
  child.kill_tree();
  EXPECT_EQ(child.log_tail(), "last words\n");
}

TEST(channel, output_over_the_capture_limit_is_dropped_and_said) {
  SpawnRequest request = shell("head -c 1000000 /dev/zero");
  request.capture_standard_output = true;
  request.capture_limit_bytes = 1000;
  const Finished finished = run(request, seconds(5));
  EXPECT_EQ(finished.output.size(), 1000u);
  EXPECT_EQ(finished.log, "[output over 1000 bytes: 999000 bytes dropped]\n");
}

}  // namespace
}  // namespace inferometer::process
