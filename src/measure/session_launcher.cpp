#include "measure/session_launcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

namespace inferometer::measure {
namespace {

class SessionLoad final : public LiveLoad {
 public:
  SessionLoad(const session::Start& start, const LaunchFacts& facts)
      : session_(start),
        part_(facts.parts.front().name),
        sets_(facts.input_sets.size()),
        new_tokens_(facts.workload.scenario.kind == results::ScenarioKind::Generate
                        ? facts.workload.scenario.new_tokens
                        : 0),
        rows_(facts.workload.batch_size) {}

  session::Session& session() { return session_; }

  results::Block sample(const BlockRequest& request) override {
    const auto asked_ns = base::monotonic_ns();
    session_.resume();
    auto block = new_tokens_ > 0 ? generate(request, asked_ns) : run(request, asked_ns);
    session_.pause();
    return block;
  }

  bool shares_rounds() const override { return session_.hello().idle != "alone"; }
  void begin_idle() override { session_.begin_idle(); }
  void end_idle() override { session_.end_idle(); }

  void outputs(int set, const std::string& file) override {
    session_.resume();
    session_.outputs({part_, set, file});
    session_.pause();
  }

  int input_sets() const override { return static_cast<int>(sets_); }
  std::int64_t clock_step_ns() const override { return session_.hello().clock_step_ns; }
  std::int64_t peak_rss_bytes() const override { return peak_rss_bytes_; }
  std::int64_t cpu_ns() override { return session_.cpu_ns(); }
  std::string close() override {
    session_.resume();
    return session_.close();
  }

 private:
  results::Block run(const BlockRequest& request, std::int64_t asked_ns) {
    protocol::Sample message;
    fill(request, message);
    return to_block(session_.sample(message, request.phase, request.expected_ns), asked_ns);
  }

  results::Block generate(const BlockRequest& request, std::int64_t asked_ns) {
    protocol::Generate message;
    fill(request, message);
    message.new_tokens = new_tokens_;
    message.runs_per_sample = 1;
    const std::int64_t most = protocol::kMaxTokens / (new_tokens_ * std::max<std::int64_t>(1, rows_));
    message.samples = std::min(request.samples, std::max<std::int64_t>(1, most));
    auto reply = session_.generate(message, request.phase, request.expected_ns);
    auto block = to_block(reply, asked_ns);
    block.token_times_ns = std::move(reply.token_times_ns);
    return block;
  }

  void fill(const BlockRequest& request, protocol::Sample& message) {
    message.part = part_;
    message.sets.resize(sets_);
    std::iota(message.sets.begin(), message.sets.end(), 0);
    // Every block starts with another set, so that short blocks see all of them too.
    std::rotate(message.sets.begin(), message.sets.begin() + static_cast<std::ptrdiff_t>(next_set_++ % sets_),
                message.sets.end());
    message.discard_runs = request.discard_runs;
    message.discard_ns = request.discard_ns;
    message.discard_enough_runs = request.discard_enough_runs;
    message.discard_enough_ns = request.discard_enough_ns;
    message.samples = request.samples;
    message.duration_ns = request.duration_ns;
    message.runs_per_sample = request.runs_per_sample;
  }

  results::Block to_block(const protocol::SampleReply& reply, std::int64_t asked_ns) {
    peak_rss_bytes_ = std::max(peak_rss_bytes_, reply.peak_rss_bytes);
    results::Block block;
    block.begin_ns = reply.begin_ns;
    block.durations_ns = reply.durations_ns;
    block.runs_per_sample = reply.runs_per_sample;
    block.discarded_runs = reply.discarded_runs;
    block.discarded_ns = reply.discarded_ns;
    block.first_run_ns = reply.first_run_ns;
    block.wall_ns = reply.wall_ns;
    block.cpu_ns = reply.cpu_ns;
    block.run_delay_ns = reply.run_delay_ns;
    block.minor_faults = reply.minor_faults;
    block.major_faults = reply.major_faults;
    block.voluntary_switches = reply.voluntary_switches;
    block.involuntary_switches = reply.involuntary_switches;
    block.recompilations = reply.recompilations;
    block.hand_over_ns = reply.received_ns - asked_ns;
    block.cpu = reply.cpu;
    return block;
  }

  session::Session session_;
  std::string part_;
  std::size_t sets_;
  std::int64_t new_tokens_;  ///< of each text; 0: forward runs are measured
  std::int64_t rows_;
  std::size_t next_set_ = 0;
  std::int64_t peak_rss_bytes_ = 0;
};

protocol::Load load_request(const LaunchFacts& facts) {
  const auto& asked = facts.configuration;
  protocol::Load request{.parts = {},
                         .format = facts.format,
                         .device = asked.device,
                         .precision = asked.precision,
                         .threads = asked.threads,
                         .options = asked.options};
  for (const auto& part : facts.parts) request.parts.push_back({part.name, part.file, {}});
  request.parts.front().shapes = facts.shapes;
  return request;
}

}  // namespace

std::string missing_device(const std::string& asked, const std::vector<results::Device>& devices) {
  std::vector<std::string> there;
  for (const auto& device : devices) {
    if (device.id == asked) return "";
    there.push_back(device.id);
  }
  return fmt::format("device {} is not there (the engine sees: {})", asked, base::join(there, ", "));
}

std::string difference_to_request(const results::Configuration& asked, const results::Effective& effective) {
  if (effective.device != asked.device) {
    return fmt::format("asked for device {}, the engine runs on {}", asked.device, effective.device);
  }
  if (effective.precision != asked.precision) {
    return fmt::format("asked for {}, the engine computes in {}", asked.precision, effective.precision);
  }
  if (effective.threads != asked.threads) {
    return fmt::format("asked for {} threads, the engine uses {}", asked.threads, effective.threads);
  }
  for (const auto& [name, value] : asked.options) {
    const auto found = effective.options.find(name);
    if (found != effective.options.end() && found->second != value) {
      return fmt::format("asked for {}={}, the engine uses {}", name, value, found->second);
    }
  }
  return "";
}

SessionLauncher::SessionLauncher(std::map<std::string, LaunchFacts> facts, session::Deadlines deadlines)
    : facts_(std::move(facts)), deadlines_(deadlines) {}

std::unique_ptr<LiveLoad> SessionLauncher::launch(const std::string& candidate, const std::vector<int>& cpus,
                                                  results::Load& load) {
  const auto found = facts_.find(candidate);
  INFEROMETER_CHECK(found != facts_.end(), "launch of " + candidate);
  const auto& facts = found->second;
  const auto& library = facts.launch.library;
  const bool digest = !library.empty() && !digests_.contains(library);
  auto live = std::make_unique<SessionLoad>(
      session::Start{facts.launch, cpus, digest, facts.repeat, deadlines_}, facts);
  auto& session = live->session();
  if (digest) digests_[library] = session.hello().library_sha256;
  load.cpus = cpus;
  load.engine_version = session.hello().engine_version;
  load.library_sha256 = library.empty() ? "" : digests_[library];
  load.start_ns = session.start_ns();
  if (const auto missing = missing_device(facts.configuration.device, session.hello().devices);
      !missing.empty()) {
    throw results::CandidateFailure(
        {results::OutcomeKind::Unsupported, "start", missing, session.log_tail(), facts.repeat});
  }
  const auto reply = session.load(load_request(facts));
  load.effective = {reply.device, reply.precision, reply.threads, reply.options, reply.placement};
  load.load_ns = reply.load_ns;
  load.compile_ns = reply.compile_ns;
  if (const auto difference = difference_to_request(facts.configuration, load.effective);
      !difference.empty()) {
    throw results::CandidateFailure(
        {results::OutcomeKind::Unsupported, "compile", difference, session.log_tail(), facts.repeat});
  }
  for (std::size_t set = 0; set < facts.input_sets.size(); ++set) {
    session.bind({facts.parts.front().name, static_cast<int>(set), facts.input_sets[set]});
  }
  session.pause();
  return live;
}

}  // namespace inferometer::measure
