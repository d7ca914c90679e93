#include "session/session.h"

#include <csignal>
#include <thread>

#include "base/clock.h"
#include "session/scripted_session_fixture.h"

namespace inferometer::session {
namespace {

using results::OutcomeKind;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

std::string state_of(int pid) {
  const std::string stat = contents("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos ? "" : stat.substr(name_end + 2, 1);
}

std::int64_t peak_memory_kb() {
  std::istringstream status(contents("/proc/self/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6);
  }
  return 0;
}

// ---- a worker that behaves -------------------------------------------------------------------------

TEST_F(Worker, that_behaves_lives_its_whole_life) {
  EXPECT_EQ(whole_life(), "");
  EXPECT_THAT(contents(path_of("outputs.safetensors")), HasSubstr("\"y\""));
}

TEST_F(Worker, says_who_it_is) {
  const Session session(start);
  EXPECT_EQ(session.hello().engine, "scripted");
  EXPECT_GT(session.start_ns(), 0);
}

TEST_F(Worker, that_cannot_be_started_is_an_outcome_with_the_reason) {
  start.launch.argv = {"/no/such/worker"};
  const auto outcome = outcome_of_life();
  EXPECT_EQ(outcome.kind, OutcomeKind::Failed);
  EXPECT_EQ(outcome.phase, "start");
  EXPECT_EQ(outcome.reason, "/no/such/worker: cannot be started: No such file or directory");
}

TEST_F(Worker, that_refuses_a_request_lives_on) {
  Session session(start);
  EXPECT_THROW(session.bind({"model", 0, "/no/such/file"}), results::CandidateFailure);
  load_and_bind(session);
  EXPECT_EQ(session.close(), "");
}

TEST_F(Worker, that_has_died_gives_the_same_outcome_again) {
  misbehave("segv", "first_run");
  Session session(start);
  load_and_bind(session);
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      session.sample(twenty_samples(), "first_run", 0);
      FAIL();
    } catch (const results::CandidateFailure& failure) {
      EXPECT_EQ(failure.outcome().reason, "SIGSEGV (Segmentation fault)");
    }
  }
  EXPECT_EQ(session.close(), "");
}

TEST_F(Worker, that_lies_is_ended_before_its_outcome_is_known) {
  misbehave("count", "first_run");
  Session session(start);
  load_and_bind(session);
  EXPECT_THROW(session.sample(twenty_samples(), "first_run", 0), results::CandidateFailure);
  EXPECT_THAT(our_processes(), testing::IsEmpty());
}

TEST_F(Worker, outcomes_carry_the_last_words) {
  misbehave("abort", "run");
  EXPECT_EQ(outcome_of_life().log_tail, "last words before signal 6\n");
}

TEST_F(Worker, that_prints_megabytes_is_not_disturbed_and_its_log_is_cut) {
  misbehave("flood", "run");
  Session session(start);
  load_and_bind(session);
  session.sample(twenty_samples(), "first_run", 0);
  session.sample(twenty_samples(), "run", 0);
  session.close();
  EXPECT_THAT(session.log_tail(), HasSubstr(" bytes dropped]\n"));
  EXPECT_LT(session.log_tail().size(), 200'000u);
}

TEST_F(Worker, a_line_of_a_gigabyte_does_not_fill_our_memory) {
  misbehave("long_line", "run");
  const std::int64_t before_kb = peak_memory_kb();
  EXPECT_THAT(outcome_of_life().reason.subject, StartsWith("protocol error: a line is longer than"));
  EXPECT_LT(peak_memory_kb() - before_kb, 80 * 1024);
}

// ---- pause -----------------------------------------------------------------------------------------

TEST_F(Worker, paused_is_stopped_with_all_its_descendants) {
  misbehave("orphan", "bind");
  Session session(start);
  load_and_bind(session);
  while (our_processes().size() != 2) std::this_thread::sleep_for(milliseconds(5));
  session.pause();
  EXPECT_TRUE(session.paused());
  for (const int pid : our_processes()) EXPECT_EQ(state_of(pid), "T");
  session.pause();
  session.resume();
  EXPECT_FALSE(session.paused());
  session.sample(twenty_samples(), "run", 0);
}

TEST_F(Worker, that_proves_that_it_is_idle_is_not_stopped) {
  misbehave("prove", "hello");
  Session session(start);
  load_and_bind(session);
  session.pause();
  EXPECT_TRUE(session.paused());
  // It may still be on its way from the reply to the wait for the next request; stopped it would stay "T".
  for (const int pid : our_processes()) {
    while (state_of(pid) != "S") {
      ASSERT_NE(state_of(pid), "T");
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  session.begin_idle();
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_NO_THROW(session.end_idle());
  session.resume();
  session.sample(twenty_samples(), "run", 0);
}

TEST_F(Worker, that_says_it_proves_to_be_idle_and_has_a_child_that_spins_is_caught) {
  misbehave("prove_and_spin", "hello");
  Session session(start);
  load_and_bind(session);
  session.pause();
  session.begin_idle();
  std::this_thread::sleep_for(milliseconds(50));
  try {
    session.end_idle();
    FAIL();
  } catch (const results::CandidateFailure& failure) {
    EXPECT_EQ(failure.outcome().kind, OutcomeKind::Untrusted);
    EXPECT_THAT(failure.outcome().reason.subject,
                testing::MatchesRegex("idle: used .* of CPU time .*limit 1 %."));
  }
  EXPECT_THAT(our_processes(), testing::IsEmpty());
}

TEST_F(Worker, s_cpu_time_is_that_of_its_whole_tree) {
  misbehave("spin", "bind");
  Session session(start);
  load_and_bind(session);
  while (session.cpu_ns() < 200'000'000) std::this_thread::sleep_for(milliseconds(5));
  session.pause();
  const auto stopped_ns = session.cpu_ns();
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LT(session.cpu_ns() - stopped_ns, 10'000'000);
}

TEST_F(Worker, that_dies_while_it_should_be_idle_is_found_at_the_next_pause) {
  misbehave("late_segv", "bind");
  Session session(start);
  load_and_bind(session);
  std::this_thread::sleep_for(milliseconds(100));
  try {
    session.pause();
    FAIL();
  } catch (const results::CandidateFailure& failure) {
    EXPECT_EQ(failure.outcome().kind, OutcomeKind::Crashed);
    EXPECT_EQ(failure.outcome().reason, "SIGSEGV (Segmentation fault)");
  }
}

TEST_F(Worker, does_not_outlive_a_coordinator_killed_while_it_was_paused) {
  const pid_t coordinator = ::fork();
  if (coordinator == 0) {
    Session session(start);
    load_and_bind(session);
    session.pause();
    for (;;) ::pause();
  }
  while (our_processes().empty() || state_of(our_processes().front()) != "T") {
    std::this_thread::sleep_for(milliseconds(5));
  }
  ::kill(coordinator, SIGKILL);
  ::waitpid(coordinator, nullptr, 0);
  const std::int64_t killed_ns = base::monotonic_ns();
  while (!our_processes().empty() && base::monotonic_ns() - killed_ns < 2'000'000'000) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_THAT(our_processes(), testing::IsEmpty());
  // Adopted by this process, whose children the fixture counts.
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
}

}  // namespace
}  // namespace inferometer::session
