#include "session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "process/process.h"
#include "results/outcome.h"

namespace inferometer::session {
namespace {

namespace fs = std::filesystem;
using results::OutcomeKind;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kRunVariable = "INFEROMETER_TEST_RUN";

/// As main does it; and a mark by which every process that a test starts can be found.
class Supervision : public testing::Environment {
 public:
  void SetUp() override {
    process::set_up_supervision();
    ::setenv(kRunVariable, base::random_id().c_str(), 1);
  }
};
const auto* const supervision = testing::AddGlobalTestEnvironment(new Supervision);

std::string contents(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// The processes that the tests of this program started and that still are.
std::vector<int> our_processes() {
  const std::string mark = std::string(kRunVariable) + "=" + std::getenv(kRunVariable);
  std::vector<int> pids;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && contents(entry.path() / "environ").find(mark) != std::string::npos) pids.push_back(pid);
  }
  return pids;
}

std::string state_of(int pid) {
  const std::string stat = contents("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos ? "" : stat.substr(name_end + 2, 1);
}

std::ptrdiff_t open_descriptors() { return std::distance(fs::directory_iterator("/proc/self/fd"), {}); }

std::int64_t peak_memory_kb() {
  std::istringstream status(contents("/proc/self/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6);
  }
  return 0;
}

/// One tensor x of four float32 1.5, as a safetensors file.
std::string input_set() {
  const std::string header = R"({"x":{"dtype":"F32","shape":[1,4],"data_offsets":[0,16]}})";
  const std::uint64_t header_bytes = header.size();
  const std::array<float, 4> values = {1.5f, 1.5f, 1.5f, 1.5f};
  return std::string(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes) + header +
         std::string(reinterpret_cast<const char*>(values.data()), sizeof values);
}

/// A scripted worker, its artefact and one input set; at the end nothing of them may be left.
class Worker : public testing::Test {
 protected:
  Worker()
      : descriptors_before_(open_descriptors()),
        folder_(std::make_unique<base::ScratchFolder>("session-test")) {
    base::write_file_atomically(folder_->path() / "model.json", "{}");
    base::write_file_atomically(folder_->path() / "set0.safetensors", input_set());
    start.program =
        std::string(std::getenv("INFEROMETER_TEST_BUILD")) + "/tests/fakes/inferometer-worker-scripted";
    start.repeat = "inferometer compare this";
  }

  ~Worker() override {
    folder_.reset();
    EXPECT_THAT(our_processes(), testing::IsEmpty());
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(open_descriptors(), descriptors_before_);
  }

  void misbehave(const std::string& fault, const std::string& phase) {
    start.library = "fault=" + fault + ",phase=" + phase;
  }
  std::string path_of(const std::string& name) const { return (folder_->path() / name).string(); }

  void prepare_and_bind(Session& session) const {
    protocol::Prepare request;
    request.file = path_of("model.json");
    request.format = "null";
    session.prepare(request);
    session.bind(0, path_of("set0.safetensors"));
  }

  static protocol::Sample twenty_samples() {
    protocol::Sample request;
    request.sets = {0};
    request.samples = 20;
    request.discard_runs = 3;
    return request;
  }

  /// All that a candidate goes through; what `close` says.
  std::string whole_life() const {
    Session session(start);
    prepare_and_bind(session);
    session.sample(twenty_samples(), "first_run", 0);
    session.pause();
    session.resume();
    session.sample(twenty_samples(), "run", 0);
    session.outputs(0, path_of("outputs.safetensors"));
    return session.close();
  }

  results::Outcome outcome_of_life() const {
    try {
      const std::string teardown = whole_life();
      return {OutcomeKind::Completed, "teardown", teardown, "", ""};
    } catch (const results::CandidateFailure& failure) {
      EXPECT_EQ(failure.outcome().repeat, start.repeat);
      return failure.outcome();
    }
  }

  Start start;

 private:
  std::ptrdiff_t descriptors_before_;
  std::unique_ptr<base::ScratchFolder> folder_;
};

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
  start.program = "/no/such/worker";
  const auto outcome = outcome_of_life();
  EXPECT_EQ(outcome.kind, OutcomeKind::Failed);
  EXPECT_EQ(outcome.phase, "start");
  EXPECT_EQ(outcome.reason, "/no/such/worker: cannot be started: No such file or directory");
}

TEST_F(Worker, that_refuses_a_request_lives_on) {
  Session session(start);
  EXPECT_THROW(session.bind(0, "/no/such/file"), results::CandidateFailure);
  prepare_and_bind(session);
  EXPECT_EQ(session.close(), "");
}

TEST_F(Worker, that_has_died_gives_the_same_outcome_again) {
  misbehave("segv", "first_run");
  Session session(start);
  prepare_and_bind(session);
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

TEST_F(Worker, outcomes_carry_the_last_words) {
  misbehave("abort", "run");
  EXPECT_EQ(outcome_of_life().log_tail, "last words before signal 6\n");
}

TEST_F(Worker, that_prints_megabytes_is_not_disturbed_and_its_log_is_cut) {
  misbehave("flood", "run");
  Session session(start);
  prepare_and_bind(session);
  session.sample(twenty_samples(), "first_run", 0);
  session.sample(twenty_samples(), "run", 0);
  session.close();
  EXPECT_THAT(session.log_tail(), HasSubstr(" bytes dropped]\n"));
  EXPECT_LT(session.log_tail().size(), 200'000u);
}

TEST_F(Worker, a_line_of_a_gigabyte_does_not_fill_our_memory) {
  misbehave("long_line", "run");
  const std::int64_t before_kb = peak_memory_kb();
  EXPECT_THAT(outcome_of_life().reason, StartsWith("protocol error: a line is longer than"));
  EXPECT_LT(peak_memory_kb() - before_kb, 80 * 1024);
}

// ---- pause -----------------------------------------------------------------------------------------

TEST_F(Worker, paused_is_stopped_with_all_its_descendants) {
  misbehave("orphan", "bind");
  Session session(start);
  prepare_and_bind(session);
  while (our_processes().size() != 2) std::this_thread::sleep_for(milliseconds(5));
  session.pause();
  EXPECT_TRUE(session.paused());
  for (const int pid : our_processes()) EXPECT_EQ(state_of(pid), "T");
  session.pause();
  session.resume();
  EXPECT_FALSE(session.paused());
  session.sample(twenty_samples(), "run", 0);
}

TEST_F(Worker, that_dies_while_it_should_be_idle_is_found_at_the_next_pause) {
  misbehave("late_segv", "bind");
  Session session(start);
  prepare_and_bind(session);
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
    prepare_and_bind(session);
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

// ---- every fault in every phase --------------------------------------------------------------------

struct Fault {
  std::string name;
  std::vector<std::string> phases;
  OutcomeKind kind;
  std::string reason;  ///< begin of it
};

const std::vector<std::string> kAll = {"hello", "prepare", "compile", "bind", "first_run", "run", "outputs"};
const std::vector<std::string> kReplies = {"hello", "compile", "bind", "first_run", "run", "outputs"};
const std::vector<std::string> kSamples = {"first_run", "run"};

const std::vector<Fault> kFaults = {
    {"segv", kAll, OutcomeKind::Crashed, "SIGSEGV (Segmentation fault)"},
    {"abort", kAll, OutcomeKind::Crashed, "SIGABRT (Aborted)"},
    {"fpe", kAll, OutcomeKind::Crashed,
     "SIGFPE (Floating point exception): often a division by a dimension of zero"},
    {"ill", kAll, OutcomeKind::Crashed, "SIGILL (Illegal instruction): a CPU feature may be missing"},
    {"kill", kAll, OutcomeKind::Crashed, "killed by SIGKILL not sent by us: memory suspected, not proven"},
    {"exit0", kAll, OutcomeKind::Crashed, "exited without a result (exit code 0)"},
    {"exit3", kAll, OutcomeKind::Crashed, "exited without a result (exit code 3)"},
    {"memory", {"prepare", "run"}, OutcomeKind::Crashed, "SIGABRT (Aborted)"},
    {"half", kReplies, OutcomeKind::Crashed, "died mid-line: 40 bytes, exit code 0"},
    {"close_channel",
     {"hello", "run"},
     OutcomeKind::Failed,
     "protocol error: closed its channel and lived on"},
    {"garbage", kAll, OutcomeKind::Failed, "protocol error: "},
    {"long_line", kAll, OutcomeKind::Failed, "protocol error: a line is longer than 16777216 bytes"},
    {"nonce", kReplies, OutcomeKind::Failed, "protocol error: a reply with another nonce"},
    {"id", kReplies, OutcomeKind::Failed, "protocol error: a reply to request "},
    {"type", kReplies, OutcomeKind::Failed, "protocol error: unknown type 'strange'"},
    {"field", kReplies, OutcomeKind::Failed, "protocol error: 'nonce' is missing"},
    {"other_type", {"hello", "bind", "run"}, OutcomeKind::Failed, "protocol error: a reply of another type"},
    {"phase",
     {"hello", "compile", "bind", "run"},
     OutcomeKind::Failed,
     "protocol error: phase 'lunch' announced in phase '"},
    {"twice", {"bind", "run"}, OutcomeKind::Failed, "protocol error: more than the reply: "},
    {"version", {"hello"}, OutcomeKind::Failed, "protocol error: protocol version '99.0'"},
    {"refuse", kReplies, OutcomeKind::Failed, "the model has no output"},
    {"unsupported", kReplies, OutcomeKind::Unsupported, "no operator Foo"},
    {"hang", kAll, OutcomeKind::TimedOut, "no answer within "},
    {"ignore_term", {"prepare"}, OutcomeKind::TimedOut, "no answer within 0.3 s"},
    {"stop", {"hello", "compile", "run"}, OutcomeKind::TimedOut, "no answer within "},
    {"trickle", {"bind", "run"}, OutcomeKind::TimedOut, "no answer within "},
    {"clock", {"hello"}, OutcomeKind::Untrusted, "clock: a step of 3600000000000 ns"},
    {"process", {"hello"}, OutcomeKind::Untrusted, "process: "},
    {"count", kSamples, OutcomeKind::Untrusted, "count: asked for 20 samples, got 19"},
    {"starts", kSamples, OutcomeKind::Untrusted, "count: 20 durations, but 19 starts"},
    {"runs", kSamples, OutcomeKind::Untrusted, "runs: asked for 1 runs in a sample, got 10"},
    {"zero", kSamples, OutcomeKind::Untrusted, "duration: sample 19 took 0 ns"},
    {"negative", kSamples, OutcomeKind::Untrusted, "duration: sample 0 took -5 ns"},
    {"huge", kSamples, OutcomeKind::Untrusted, "window: sample 0 took "},
    {"counter", kSamples, OutcomeKind::Untrusted, "counter: CPU time of -1"},
    {"order", kSamples, OutcomeKind::Untrusted, "order: sample "},
    {"early", kSamples, OutcomeKind::Untrusted, "window: the block began at a time when the request was not"},
    {"future", kSamples, OutcomeKind::Untrusted,
     "window: the block began at a time when the request was not"},
    {"received", kSamples, OutcomeKind::Untrusted, "window: the request was received at a time when"},
    {"sum", kSamples, OutcomeKind::Untrusted, "sum: the first "},
    {"wall", kSamples, OutcomeKind::Untrusted, "window: the timed loop took "},
    {"constant", kSamples, OutcomeKind::Untrusted, "constant: all 20 samples took 15000 ns"},
    {"discard", kSamples, OutcomeKind::Untrusted, "discard: asked for 3 runs or more, got 0"},
    {"segv", {"close"}, OutcomeKind::Completed, "SIGSEGV (Segmentation fault)"},
    {"late_segv", {"close"}, OutcomeKind::Completed, "SIGSEGV (Segmentation fault)"},
    {"late_exit3", {"close"}, OutcomeKind::Completed, "exit code 3"},
    {"hang", {"close"}, OutcomeKind::Completed, "no answer within 0.3 s"},
    {"late_hang", {"close"}, OutcomeKind::Completed, "no exit within 0.3 s: killed"},
    {"orphan", {"hello", "prepare", "run", "close"}, OutcomeKind::Completed, "left 1 process, ended"},
    {"late_orphan", {"close"}, OutcomeKind::Completed, "left 1 process, ended"},
};

struct Case {
  Fault fault;
  std::string phase;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.fault.name << " in " << one.phase; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Fault& fault : kFaults) {
    for (const std::string& phase : fault.phases) cases.push_back({fault, phase});
  }
  return cases;
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.fault.name + "_in_" + info.param.phase;
}

/// Where the script says `prepare`, the outcome says `load`, and so on.
std::string outcome_phase(const std::string& phase) {
  if (phase == "hello") return "start";
  if (phase == "prepare") return "load";
  return phase == "close" ? "teardown" : phase;
}

class Faulty : public Worker, public testing::WithParamInterface<Case> {
 protected:
  /// Short where the fault waits for its end; else long, for a machine that is busy.
  void shorten_deadline(const std::string& phase) {
    const milliseconds brief(300);
    if (phase == "hello") start.deadlines.start = brief;
    if (phase == "prepare") start.deadlines.load = brief;
    if (phase == "compile") start.deadlines.compile = brief;
    if (phase == "bind") start.deadlines.bind = brief;
    if (phase == "outputs") start.deadlines.outputs = brief;
    if (phase == "close") start.deadlines.teardown = brief;
  }
};

TEST_P(Faulty, worker_is_an_outcome_within_its_deadline_and_leaves_nothing) {
  const auto& [fault, phase] = GetParam();
  misbehave(fault.name, phase);
  const std::string& name = fault.name;
  if (name == "hang" || name == "late_hang" || name == "ignore_term" || name == "stop" || name == "trickle") {
    shorten_deadline(phase);
  }
  const auto outcome = outcome_of_life();
  EXPECT_STREQ(results::to_text(outcome.kind), results::to_text(fault.kind)) << outcome.reason;
  EXPECT_THAT(outcome.reason, StartsWith(fault.reason));
  EXPECT_EQ(outcome.phase, fault.kind == OutcomeKind::Completed ? "teardown" : outcome_phase(phase));
}

INSTANTIATE_TEST_SUITE_P(every, Faulty, testing::ValuesIn(all_cases()), name_of);

}  // namespace
}  // namespace inferometer::session
