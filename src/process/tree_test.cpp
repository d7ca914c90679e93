// What a child started, wherever it went: ended, stopped, and never outliving us.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "process/children_fixture.h"
#include "process/process.h"

namespace inferometer::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Runs `body` in a process of its own, which may change what belongs to a whole process. Its exit code.
int in_own_process(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// A child with four threads, played by this very program: see the bottom.
SpawnRequest four_threads() {
  SpawnRequest request;
  request.arguments = {std::filesystem::read_symlink("/proc/self/exe")};
  request.environment["INFEROMETER_TEST_ROLE"] = "four threads";
  request.channel = true;
  return request;
}

// ---- the tree -----------------------------------------------------------------------------------

TEST(tree, descendants_in_other_sessions_are_ended_and_counted) {
  Child child(shell_with_channel(R"(up() { echo up >&4; exec sleep 100; }
    up & setsid sh -c 'echo up >&4; exec sleep 100' &
    setsid sh -c 'sh -c "echo up >&4; exec sleep 100" & echo up >&4; wait' & wait)"));
  std::string lines;
  while (std::count(lines.begin(), lines.end(), '\n') < 4) lines += receive_line(child);
  EXPECT_EQ(child.kill_tree().left_behind, 4);
}

TEST(tree, a_daemon_is_found_by_its_mark_although_its_parent_is_gone) {
  EXPECT_EQ(in_own_process([] {
              set_up_supervision();
              Child other(shell("exec sleep 100"));
              Child child(shell_with_channel("setsid sh -c 'setsid sleep 100 & echo $! >&4'; exit 0"));
              const int daemon = std::stoi(receive_line(child));
              const int left = child.wait(seconds(5))->left_behind;
              return runs(daemon) ? 60 : left;
            }),
            1);
}

TEST(tree, a_daemon_with_a_clean_environment_is_adopted_and_ended) {
  EXPECT_EQ(in_own_process([] {
              set_up_supervision();
              Child child(shell_with_channel("setsid sh -c 'setsid env -i sleep 100 & echo $! >&4'; exit 0"));
              const int daemon = std::stoi(receive_line(child));
              std::this_thread::sleep_for(milliseconds(50));
              const int left = child.wait(seconds(5))->left_behind;
              if (::waitpid(-1, nullptr, WNOHANG) != -1) return 50;
              return runs(daemon) ? 60 : left;
            }),
            1);
}

TEST(tree, the_daemon_of_another_live_child_is_spared) {
  EXPECT_EQ(
      in_own_process([] {
        set_up_supervision();
        Child other(shell_with_channel("setsid sh -c 'setsid sleep 100 & echo $! >&4'; exec sleep 100"));
        const int daemon = std::stoi(receive_line(other));
        Child child(shell("exit 0"));
        const int left = child.wait(seconds(5))->left_behind;
        if (!runs(daemon)) return 50;
        return other.kill_tree().left_behind >= 1 && !runs(daemon) ? left : 60;
      }),
      0);
}

TEST(tree, no_child_survives_the_kill_of_its_parent) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t coordinator = ::fork();
  if (coordinator == 0) {
    Child child(shell_with_channel("trap '' TERM HUP INT; exec sleep 100"));
    const int pid = child.pid();
    if (::write(pipe_ends[1], &pid, sizeof pid) == sizeof pid) ::pause();
    ::_exit(1);
  }
  int child = 0;
  ASSERT_EQ(::read(pipe_ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  EXPECT_TRUE(runs(child));
  ::kill(coordinator, SIGKILL);
  ::waitpid(coordinator, nullptr, 0);
  for (int waited = 0; runs(child) && waited < 2000; waited += 10)
    std::this_thread::sleep_for(milliseconds(10));
  EXPECT_FALSE(runs(child));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

// ---- pause and resume ---------------------------------------------------------------------------

TEST(cpu_time, of_descendants_counts_while_they_live_and_after_they_were_waited_for) {
  // Each line is said when a tenth of a second of CPU time has been used by a child of the shell.
  Child child(shell_with_channel(
      "burn() { python3 -c 'import time\nwhile time.process_time() < 0.1: pass\nprint(1, flush=True)\n"
      "time.sleep('$1')'; }\n"
      "burn 0 >&4; burn 1000 >&4"));
  EXPECT_EQ(receive_line(child), "1\n");
  EXPECT_EQ(receive_line(child), "1\n");
  EXPECT_GE(child.cpu_ns(), 180'000'000);  // ticks are rounded down
  const auto before_ns = child.cpu_ns();
  child.kill_tree();
  EXPECT_EQ(child.cpu_ns(), before_ns);
}

TEST(pause, stops_every_thread_until_resumed) {
  Child child(four_threads());
  ASSERT_EQ(receive_line(child), "up\n");
  for (int round = 0; round < 50; ++round) {
    ASSERT_TRUE(child.pause(seconds(1)));
    ASSERT_EQ(thread_states(child.pid()), "TTTT");
    child.resume();
  }
  ASSERT_TRUE(child.send("answer", seconds(1)));
  EXPECT_EQ(receive_line(child), "answer\n");
}

TEST(pause, stops_a_grandchild_in_another_session_too) {
  Child child(shell_with_channel("setsid sh -c 'echo $$ >&4; while :; do :; done' & wait"));
  const int grandchild = std::stoi(receive_line(child));
  ASSERT_TRUE(child.pause(seconds(1)));
  EXPECT_EQ(thread_states(child.pid()), "T");
  EXPECT_EQ(thread_states(grandchild), "T");
  child.resume();
  for (int waited = 0; thread_states(grandchild) == "T" && waited < 1000; ++waited) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_NE(thread_states(grandchild), "T");
}

TEST(pause, a_descendant_started_later_is_found_when_expected) {
  Child child(shell_with_channel("read line <&3; setsid sh -c 'echo $$ >&4; while :; do :; done' & wait"));
  ASSERT_TRUE(child.pause(seconds(1)));
  child.resume();
  child.send("go", seconds(1));
  const int grandchild = std::stoi(receive_line(child));
  child.expect_descendants();
  ASSERT_TRUE(child.pause(seconds(1)));
  EXPECT_EQ(thread_states(grandchild), "T");
}

TEST(pause, of_a_child_that_has_ended_is_false) {
  Child child(shell("exit 0"));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(child.pause(seconds(1)));
}

TEST(pause, a_stopped_tree_can_be_ended) {
  Child child(four_threads());
  receive_line(child);
  ASSERT_TRUE(child.pause(seconds(1)));
  EXPECT_EQ(child.kill_tree().to_text(), "SIGKILL (Killed)");
}

// ---- interruptions ------------------------------------------------------------------------------

TEST(interruption, a_blocked_call_throws_and_each_signal_is_counted) {
  EXPECT_EQ(in_own_process([] {
              set_up_supervision();
              Child child(shell_with_channel("kill -INT $PPID; exec sleep 100"));
              std::string bytes;
              try {
                child.receive(bytes, seconds(5));
                return 1;
              } catch (const Interrupted&) {
              }
              if (interruptions() != 1) return 2;
              ::raise(SIGTERM);
              return interruptions() == 2 && child.kill_tree().signalled ? 0 : 3;
            }),
            0);
}

TEST(interruption, a_signal_between_two_calls_is_not_lost_and_run_ends_its_child) {
  EXPECT_EQ(in_own_process([] {
              set_up_supervision();
              ::raise(SIGINT);
              try {
                run(shell("exec sleep 100"), seconds(5));
                return 1;
              } catch (const Interrupted&) {
                return ::waitpid(-1, nullptr, WNOHANG) == -1 ? 0 : 2;
              }
            }),
            0);
}

// ---- the child of the tests ---------------------------------------------------------------------

/// Four threads that spin; the main one echoes what it reads.
[[noreturn]] void play_four_threads() {
  for (int i = 0; i < 3; ++i) {
    std::thread([] {
      for (std::atomic<int> turns = 0;;) ++turns;
    }).detach();
  }
  [[maybe_unused]] ssize_t count = ::write(4, "up\n", 3);
  char byte = 0;
  while (::read(3, &byte, 1) == 1) count = ::write(4, &byte, 1);
  ::_exit(0);
}

const bool playing = [] {
  const char* role = std::getenv("INFEROMETER_TEST_ROLE");
  if (role != nullptr && std::string(role) == "four threads") play_four_threads();
  return false;
}();

}  // namespace
}  // namespace inferometer::process
