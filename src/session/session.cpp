#include "session/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "process/process.h"
#include "protocol/codec.h"
#include "protocol/line_buffer.h"
#include "results/outcome.h"
#include "session/ending.h"
#include "session/idle_proof.h"
#include "session/trust.h"

namespace inferometer::session {
namespace {

using results::OutcomeKind;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds kStopTimeout = seconds(1);
// From the end of the channel to the end of the process: interpreters tidy up between.
constexpr nanoseconds kExitTimeout = seconds(2);
constexpr nanoseconds kShortestSampleDeadline = seconds(2);
constexpr std::int64_t kSampleDeadlineFactor = 20;
constexpr std::int64_t kLongestExpected_ns = 3'600'000'000'000;
constexpr std::int64_t kLongestClockStep_ns = 1'000'000'000;
constexpr std::size_t kReasonBytes = 1000;
constexpr std::string_view kStop = "stop";

process::SpawnRequest spawn_request(const Start& start) {
  const auto& launch = start.launch;
  return {.arguments = launch.argv, .environment = launch.environment, .cpus = start.cpus, .channel = true};
}

}  // namespace

class Session::Implementation {
 public:
  explicit Implementation(const Start& start);

  const protocol::HelloReply& hello() const { return hello_; }
  std::int64_t start_ns() const { return start_ns_; }
  protocol::LoadReply load(const protocol::Load& request);
  void bind(const protocol::Bind& request);
  protocol::SampleReply sample(const protocol::Sample& request, const std::string& phase,
                               std::int64_t expected_ns);
  protocol::GenerateReply generate(const protocol::Generate& request, const std::string& phase,
                                   std::int64_t expected_ns);
  void outputs(const protocol::Outputs& request);
  void pause();
  void resume();
  bool paused() const { return paused_; }
  void begin_idle() {
    if (proves_idle()) idle_proof_.begin(*child_);
  }
  void end_idle();
  std::int64_t cpu_ns() { return child_->cpu_ns(); }
  std::string close();
  std::string log_tail() const { return child_ ? child_->log_tail() : ""; }

 private:
  using RequestBody = decltype(protocol::Request::body);

  template <typename Wanted>
  Wanted ask(RequestBody body);
  protocol::Reply exchange(RequestBody body);
  protocol::Reply next_reply();
  void enter(const std::string& phase, nanoseconds deadline);
  void announced(const std::string& phase);
  void enter_sampling(const std::string& phase, std::int64_t expected_ns);
  void check_samples(const protocol::Sample& request, const protocol::SampleReply& reply);
  nanoseconds left() const { return nanoseconds(deadline_ns_ - base::monotonic_ns()); }
  void check_hello();
  bool proves_idle() const { return hello_.idle == "prove" && !end_; }
  void require_alive() const;
  [[noreturn]] void fail(OutcomeKind kind, const std::string& reason);
  [[noreturn]] void fail_at_deadline() {
    fail(OutcomeKind::TimedOut, "no answer within " + in_text(allowed_));
  }
  [[noreturn]] void fail_at_end();
  [[noreturn]] void refused(const protocol::Failed& failed) const;
  results::Outcome outcome(OutcomeKind kind, const std::string& reason) const;
  std::string end_in_peace();

  Deadlines deadlines_;
  std::string repeat_;
  std::optional<process::Child> child_;
  protocol::LineBuffer lines_;
  std::string line_;
  std::string bytes_;
  std::int64_t last_id_ = 0;
  std::string nonce_;
  std::int64_t sent_ns_ = 0;
  std::int64_t arrived_ns_ = 0;
  std::string phase_;
  nanoseconds allowed_{};
  std::int64_t deadline_ns_ = 0;
  bool compile_announced_ = false;
  bool paused_ = false;
  IdleProof idle_proof_;
  bool closed_ = false;
  std::optional<results::Outcome> end_;  ///< why there is no worker any more
  protocol::HelloReply hello_;
  std::int64_t start_ns_ = 0;
};

// ---- requests --------------------------------------------------------------------------------------

Session::Implementation::Implementation(const Start& start)
    : deadlines_(start.deadlines), repeat_(start.repeat) {
  enter("start", deadlines_.start);
  const std::int64_t begin_ns = base::monotonic_ns();
  try {
    child_.emplace(spawn_request(start));
  } catch (const base::UserError& error) {
    fail(OutcomeKind::Failed, error.what());
  }
  hello_ = ask<protocol::HelloReply>(protocol::Hello{start.digest});
  start_ns_ = arrived_ns_ - begin_ns;
  check_hello();
}

void Session::Implementation::check_hello() {
  try {
    protocol::require_compatible(hello_.protocol);
  } catch (const protocol::ProtocolError& error) {
    fail(OutcomeKind::Failed, fmt::format("protocol error: {}", error.what()));
  }
  if (hello_.clock_step_ns < 1 || hello_.clock_step_ns > kLongestClockStep_ns) {
    fail(OutcomeKind::Untrusted, fmt::format("clock: a step of {} ns", hello_.clock_step_ns));
  }
  if (hello_.idle != kStop && hello_.idle != "prove" && hello_.idle != "alone") {
    fail(OutcomeKind::Failed, fmt::format("protocol error: idle is '{}'; known: stop, prove, alone",
                                          base::printable(hello_.idle, 64)));
  }
  // Others read this process's counters: it must be one of the worker's.
  const bool fits = hello_.process > 0 && std::in_range<pid_t>(hello_.process);
  if (!fits || ::getsid(static_cast<pid_t>(hello_.process)) != child_->pid()) {
    fail(OutcomeKind::Untrusted, fmt::format("process: {} is no process of this worker", hello_.process));
  }
}

protocol::LoadReply Session::Implementation::load(const protocol::Load& request) {
  enter("load", deadlines_.load);
  compile_announced_ = false;
  auto loaded = ask<protocol::LoadReply>(request);
  child_->expect_descendants();
  if (const std::string rule = broken_load_rule(loaded, arrived_ns_ - sent_ns_); !rule.empty())
    fail(OutcomeKind::Untrusted, rule);
  return loaded;
}

void Session::Implementation::bind(const protocol::Bind& request) {
  enter("bind", deadlines_.bind);
  ask<protocol::Done>(request);
  child_->expect_descendants();
}

protocol::SampleReply Session::Implementation::sample(const protocol::Sample& request,
                                                      const std::string& phase, std::int64_t expected_ns) {
  enter_sampling(phase, expected_ns);
  auto sampled = ask<protocol::SampleReply>(request);
  check_samples(request, sampled);
  return sampled;
}

protocol::GenerateReply Session::Implementation::generate(const protocol::Generate& request,
                                                          const std::string& phase,
                                                          std::int64_t expected_ns) {
  enter_sampling(phase, expected_ns);
  auto generated = ask<protocol::GenerateReply>(request);
  check_samples(request, generated);
  if (const std::string rule = broken_token_rule(request, generated, hello_.clock_step_ns); !rule.empty())
    fail(OutcomeKind::Untrusted, rule);
  return generated;
}

void Session::Implementation::enter_sampling(const std::string& phase, std::int64_t expected_ns) {
  const std::int64_t expected = std::clamp<std::int64_t>(expected_ns, 0, kLongestExpected_ns);
  // The first run may compile what the compile phase put off.
  const nanoseconds shortest = phase == "first_run" ? deadlines_.first_run : kShortestSampleDeadline;
  enter(phase, std::max(shortest, nanoseconds(kSampleDeadlineFactor * expected)));
}

void Session::Implementation::check_samples(const protocol::Sample& request,
                                            const protocol::SampleReply& reply) {
  // Engines may start helpers at first use; in the rounds nothing is new, and looking would cost time.
  if (phase_ != "run") child_->expect_descendants();
  const SampleExchange exchange{
      request, reply, sent_ns_, arrived_ns_, hello_.clock_step_ns, hello_.clock == "CLOCK_MONOTONIC"};
  if (const std::string rule = broken_rule(exchange); !rule.empty()) fail(OutcomeKind::Untrusted, rule);
}

void Session::Implementation::outputs(const protocol::Outputs& request) {
  enter("outputs", deadlines_.outputs);
  ask<protocol::Done>(request);
}

// ---- one request and its reply ---------------------------------------------------------------------

void Session::Implementation::enter(const std::string& phase, nanoseconds deadline) {
  require_alive();
  phase_ = phase;
  allowed_ = deadline;
  deadline_ns_ = base::monotonic_ns() + deadline.count();
}

/// A worker may come back to loading after compiling, but gets no more time by it.
void Session::Implementation::announced(const std::string& phase) {
  if ((phase_ != "load" && phase_ != "compile") || (phase != "load" && phase != "compile")) {
    throw protocol::ProtocolError(
        fmt::format("phase '{}' announced in phase '{}'", base::printable(phase, 64), phase_));
  }
  if (phase == "compile" && !std::exchange(compile_announced_, true)) {
    enter(phase, deadlines_.compile);
  }
  phase_ = phase;
}

template <typename Wanted>
Wanted Session::Implementation::ask(RequestBody body) {
  try {
    protocol::Reply reply = exchange(std::move(body));
    if (const auto* failed = std::get_if<protocol::Failed>(&reply.body)) refused(*failed);
    if (auto* wanted = std::get_if<Wanted>(&reply.body)) return std::move(*wanted);
    throw protocol::ProtocolError("a reply of another type than the request asks for");
  } catch (const protocol::ProtocolError& error) {
    fail(OutcomeKind::Failed, fmt::format("protocol error: {}", error.what()));
  }
}

protocol::Reply Session::Implementation::exchange(RequestBody body) {
  INFEROMETER_CHECK(!paused_, "a request to a paused worker");
  nonce_ = base::random_id();
  const std::string request = protocol::encode(protocol::Request{++last_id_, nonce_, std::move(body)});
  sent_ns_ = base::monotonic_ns();
  if (!child_->send(request, left())) {
    if (left().count() <= 0) fail_at_deadline();
    fail_at_end();
  }
  for (;;) {
    protocol::Reply reply = next_reply();
    const auto* phase = std::get_if<protocol::Phase>(&reply.body);
    if (phase == nullptr) {
      if (lines_.unfinished_bytes() == 0) return reply;
      throw protocol::ProtocolError(fmt::format("more than the reply: {} bytes", lines_.unfinished_bytes()));
    }
    announced(phase->phase);
    // A flood of announcements must not hold us for longer than silence would.
    if (left().count() <= 0) fail_at_deadline();
  }
}

protocol::Reply Session::Implementation::next_reply() {
  while (!lines_.next(line_)) {
    bytes_.clear();
    switch (child_->receive(bytes_, left())) {
      case process::Child::Received::Bytes:
        break;
      case process::Child::Received::End:
        fail_at_end();
      case process::Child::Received::Timeout:
        fail_at_deadline();
    }
    lines_.append(bytes_);
    arrived_ns_ = base::monotonic_ns();
  }
  protocol::Reply reply = protocol::decode_reply(line_);
  if (reply.id != last_id_) {
    throw protocol::ProtocolError(
        fmt::format("a reply to request {}, where {} was asked", reply.id, last_id_));
  }
  if (reply.nonce != nonce_) throw protocol::ProtocolError("a reply with another nonce than the request's");
  return reply;
}

// ---- failures --------------------------------------------------------------------------------------

void Session::Implementation::require_alive() const {
  INFEROMETER_CHECK(!closed_, "a request to a closed session");
  if (end_) throw results::CandidateFailure(*end_);
}

results::Outcome Session::Implementation::outcome(OutcomeKind kind, const std::string& reason) const {
  return {kind, phase_, reason, log_tail(), repeat_};
}

void Session::Implementation::fail(OutcomeKind kind, const std::string& reason) {
  if (child_) child_->kill_tree();
  end_ = outcome(kind, reason);
  throw results::CandidateFailure(*end_);
}

void Session::Implementation::fail_at_end() {
  const auto exit = child_->wait(kExitTimeout);
  if (!exit) fail(OutcomeKind::Failed, "protocol error: closed its channel and lived on");
  fail(OutcomeKind::Crashed, describe_end(*exit, lines_.unfinished_bytes()));
}

void Session::Implementation::refused(const protocol::Failed& failed) const {
  const auto kind = failed.kind == "unsupported" ? OutcomeKind::Unsupported : OutcomeKind::Failed;
  // Some engines answer with a number and print what it means.
  const auto said = last_error_line(log_tail());
  const auto reason = said.empty() ? failed.reason : failed.reason + ": " + said;
  throw results::CandidateFailure(outcome(kind, base::printable(reason, kReasonBytes)));
}

// ---- pause, resume, close --------------------------------------------------------------------------

void Session::Implementation::pause() {
  require_alive();
  if (paused_) return;
  if (hello_.idle != kStop || child_->pause(kStopTimeout)) {
    paused_ = true;
    return;
  }
  if (const auto exit = child_->wait(nanoseconds(0))) fail(OutcomeKind::Crashed, describe_end(*exit, 0));
  fail(OutcomeKind::TimedOut, "could not be stopped within " + in_text(kStopTimeout));
}

void Session::Implementation::resume() {
  if (!std::exchange(paused_, false) || end_) return;
  if (hello_.idle == kStop) child_->resume();
}

void Session::Implementation::end_idle() {
  if (!proves_idle()) return;
  const std::string reason = idle_proof_.end(*child_);
  if (reason.empty()) return;
  phase_ = "run";
  fail(OutcomeKind::Untrusted, reason);
}

std::string Session::Implementation::close() {
  if (closed_ || end_) return "";
  resume();
  std::string trouble;
  try {
    trouble = end_in_peace();
  } catch (const results::CandidateFailure& failure) {
    trouble = failure.outcome().reason.subject;
  } catch (const process::Interrupted&) {
    // Whoever blocks next is interrupted again: here it only means to hurry.
  }
  child_->kill_tree();
  closed_ = true;
  return trouble;
}

/// What went wrong, or "". The answer and the exit share one deadline.
std::string Session::Implementation::end_in_peace() {
  enter("teardown", deadlines_.teardown);
  ask<protocol::Done>(protocol::Close{});
  const auto exit = child_->wait(left());
  if (!exit) return fmt::format("no exit within {}: killed", in_text(allowed_));
  if (exit->signalled || exit->code != 0) return exit->to_text();
  return exit->left_behind > 0 ? fmt::format("left {}, ended", processes(exit->left_behind)) : "";
}

// ---- the public face -------------------------------------------------------------------------------

Session::Session(const Start& start) : implementation_(std::make_unique<Implementation>(start)) {}
Session::~Session() = default;
const protocol::HelloReply& Session::hello() const { return implementation_->hello(); }
std::int64_t Session::start_ns() const { return implementation_->start_ns(); }

protocol::LoadReply Session::load(const protocol::Load& request) { return implementation_->load(request); }
void Session::bind(const protocol::Bind& request) { implementation_->bind(request); }

protocol::SampleReply Session::sample(const protocol::Sample& request, const std::string& phase,
                                      std::int64_t expected_ns) {
  return implementation_->sample(request, phase, expected_ns);
}

protocol::GenerateReply Session::generate(const protocol::Generate& request, const std::string& phase,
                                          std::int64_t expected_ns) {
  return implementation_->generate(request, phase, expected_ns);
}

void Session::outputs(const protocol::Outputs& request) { implementation_->outputs(request); }
void Session::pause() { implementation_->pause(); }
void Session::resume() { implementation_->resume(); }
bool Session::paused() const { return implementation_->paused(); }
void Session::begin_idle() { implementation_->begin_idle(); }
void Session::end_idle() { implementation_->end_idle(); }
std::int64_t Session::cpu_ns() { return implementation_->cpu_ns(); }
std::string Session::close() { return implementation_->close(); }
std::string Session::log_tail() const { return implementation_->log_tail(); }

}  // namespace inferometer::session
