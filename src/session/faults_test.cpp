// Every fault of the scripted worker, in every phase where it makes sense.
#include <set>

#include "session/scripted_session_fixture.h"

namespace inferometer::session {
namespace {

using results::OutcomeKind;
using std::chrono::milliseconds;
using testing::StartsWith;

struct Fault {
  std::string name;
  std::vector<std::string> phases;
  OutcomeKind kind;
  std::string reason;  ///< begin of it
};

const std::vector<std::string> kAll = {"hello", "load", "compile", "bind", "first_run", "run", "outputs"};
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
    {"memory", {"load", "run"}, OutcomeKind::Crashed, "SIGABRT (Aborted)"},
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
    {"hang",
     {"hello", "load", "compile", "bind", "run", "outputs"},
     OutcomeKind::TimedOut,
     "no answer within "},
    {"heartbeat", {"compile"}, OutcomeKind::TimedOut, "no answer within 0.3 s"},
    {"ignore_term", {"load"}, OutcomeKind::TimedOut, "no answer within 0.3 s"},
    {"stop", {"hello", "compile"}, OutcomeKind::TimedOut, "no answer within "},
    {"trickle", {"bind"}, OutcomeKind::TimedOut, "no answer within "},
    {"load", {"compile"}, OutcomeKind::Untrusted, "window: load took 3600000000000 ns, but the reply came "},
    {"clock", {"hello"}, OutcomeKind::Untrusted, "clock: a step of 3600000000000 ns"},
    {"idle", {"hello"}, OutcomeKind::Failed, "protocol error: idle is 'sleep'; known: stop, prove, alone"},
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
    {"orphan", {"hello", "load", "run", "close"}, OutcomeKind::Completed, "left 1 process, ended"},
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

/// Where the script says `hello`, the outcome says `start`, and so on.
std::string outcome_phase(const std::string& phase) {
  if (phase == "hello") return "start";
  return phase == "close" ? "teardown" : phase;
}

class Faulty : public Worker, public testing::WithParamInterface<Case> {
 protected:
  /// Short where the fault waits for its end; else long, for a machine that is busy.
  void shorten_deadline(const std::string& phase) {
    const milliseconds brief(300);
    if (phase == "hello") start.deadlines.start = brief;
    if (phase == "load") start.deadlines.load = brief;
    if (phase == "compile") start.deadlines.compile = brief;
    if (phase == "bind") start.deadlines.bind = brief;
    if (phase == "outputs") start.deadlines.outputs = brief;
    if (phase == "close") start.deadlines.teardown = brief;
  }
};

TEST_P(Faulty, worker_is_an_outcome_within_its_deadline_and_leaves_nothing) {
  const auto& [fault, phase] = GetParam();
  misbehave(fault.name, phase);
  const std::set<std::string> endless = {"hang", "late_hang", "ignore_term", "stop", "trickle", "heartbeat"};
  if (endless.contains(fault.name)) shorten_deadline(phase);
  const auto outcome = outcome_of_life();
  EXPECT_STREQ(results::to_text(outcome.kind), results::to_text(fault.kind)) << outcome.reason.subject;
  EXPECT_THAT(outcome.reason.subject, StartsWith(fault.reason));
  EXPECT_EQ(outcome.phase, fault.kind == OutcomeKind::Completed ? "teardown" : outcome_phase(phase));
}

INSTANTIATE_TEST_SUITE_P(every, Faulty, testing::ValuesIn(all_cases()), name_of);

}  // namespace
}  // namespace inferometer::session
