#include "measure/load_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analysis/analysis.h"
#include "base/error.h"
#include "measure/schedule.h"
#include "statistics/moments.h"

namespace inferometer::measure {

using results::ReasonCode;

namespace {

constexpr int kLeastRounds = 8;
constexpr int kLeastRoundsAfterSlowLoad = 16;  // restarting costs more than eight further rounds
constexpr std::int64_t kSlowLoadNs = 1'000'000'000;
constexpr std::int64_t kWarmUpCapNs = 10'000'000'000;
constexpr std::int64_t kWarmUpChunkNs = 30'000'000;
constexpr std::int64_t kMostChunkSamples = 4096;
constexpr auto kWatch = std::chrono::milliseconds(100);
constexpr auto kQuietPoll = std::chrono::milliseconds(250);
constexpr int kQuietPolls = 120;  // 30 s
constexpr int kDisturbedBeforeWait = 2;
constexpr int kMostQuietWaits = 5;
constexpr double kOwnDelaySpread = 1.5;  // own delays differ from block to block; a neighbour doubles them
constexpr double kBackgroundCpus = 0.1;  // what every machine has

std::string stream(const char* purpose, const LoadSetRequest& request) {
  return fmt::format("{} {} {}", purpose, request.group.id, request.index);
}

const results::CandidateSpec& spec_of(const results::Group& group, const std::string& candidate) {
  for (const auto& spec : group.candidates) {
    if (spec.id == candidate) return spec;
  }
  INFEROMETER_CHECK(false, "candidate " + candidate);
  std::abort();
}

}  // namespace

void wait_for_free_cpus(const Context& context, int threads) {
  const auto cpus = static_cast<double>(context.surroundings.cpus().size());
  double others = 0;
  for (int poll = 0; poll < kQuietPolls; ++poll) {
    others = context.surroundings.watch(kQuietPoll).busy_cpus;
    if (cpus - others >= threads - kBackgroundCpus) return;
    if (poll == 0) {
      context.observer.say(
          fmt::format("waiting up to 30 s for quiet: {} threads, but neighbours use {:.1f} of {:.0f} CPUs",
                      threads, others, cpus));
    }
  }
  throw NotMeasurable({ReasonCode::NeighboursBusy, std::to_string(threads), others, cpus});
}

LoadSetRun::LoadSetRun(const Context& context, const LoadSetRequest& request, results::LoadSet& set)
    : context_(context),
      request_(request),
      set_(set),
      orders_(request.seed, stream("orders", request)),
      jitter_(request.seed, stream("jitter", request)) {
  set_.group = request.group.id;
  set_.index = request.index;
  for (const auto& candidate : request.group.candidates) {
    threads_ = std::max(threads_, candidate.configuration.threads);
  }
}

LoadSetRun::~LoadSetRun() = default;

void LoadSetRun::start() {
  begin_ns_ = context_.clock.now_ns();
  if (threads_ > 1) wait_for_quiet();
  base::Random placement(request_.seed, stream("placement", request_));
  const auto cpus = draw_cpus(context_.surroundings.watch(kWatch).cpus, threads_, placement);
  for (const auto& candidate : request_.group.candidates) {
    if (!request_.left_out.contains(candidate.id)) set_.loads.push_back({.candidate = candidate.id});
  }
  const auto& baseline = request_.group.baseline;
  if (request_.second_process && !request_.left_out.contains(baseline)) {
    set_.loads.push_back({.candidate = baseline, .role = results::Role::SecondProcess});
  }
  live_.resize(set_.loads.size());
  std::vector<std::size_t> order(set_.loads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  base::Random(request_.seed, stream("load order", request_)).shuffle(std::span(order));
  for (std::size_t place = 0; place < order.size(); ++place) {
    auto& load = set_.loads[order[place]];
    load.order = static_cast<int>(place);
    if (const auto own = request_.own_delay_shares.find(load.candidate);
        own != request_.own_delay_shares.end())
      load.own_delay_share = own->second;
    // A candidate of fewer threads uses the first CPUs of the common set.
    const auto threads =
        static_cast<std::size_t>(spec_of(request_.group, load.candidate).configuration.threads);
    load.cpus.assign(cpus.begin(),
                     cpus.begin() + static_cast<std::ptrdiff_t>(std::min(threads, cpus.size())));
    start_one(order[place]);
  }
  add_second_label();
  for (auto& live : live_) live.cpu_begin_ns = live.process ? live.process->cpu_ns() : 0;
  context_.surroundings.begin_span();
}

void LoadSetRun::start_one(std::size_t load_index) {
  auto& load = set_.loads[load_index];
  try {
    auto& live = live_[load_index];
    live.process = context_.launcher.launch(load.candidate, load.cpus, load);
    require_that_it_may_share(*live.process, load);
    warm_up(live, load);
    entries_.push_back({load_index, load_index});
  } catch (const results::CandidateFailure& failure) {
    fail(load_index, failure.outcome());
  }
}

void LoadSetRun::require_that_it_may_share(const LiveLoad& live, const results::Load& load) const {
  const auto candidates = std::count_if(set_.loads.begin(), set_.loads.end(),
                                        [](const auto& one) { return one.role == results::Role::Candidate; });
  if (live.shares_rounds() || (candidates == 1 && load.role == results::Role::Candidate)) return;
  throw results::CandidateFailure(
      {results::OutcomeKind::Unsupported, "start",
       "its worker can neither be stopped nor prove that it is idle while others run: it is measured only "
       "where it is the only candidate",
       "", ""});
}

void LoadSetRun::warm_up(Live& live, results::Load& load) {
  const auto begin_ns = context_.clock.now_ns();
  BlockRequest first{.phase = "first_run", .expected_ns = 1'000'000'000};
  const auto first_block = live.process->sample(first);
  load.first_run_ns = first_block.durations_ns.front();
  const std::int64_t least_runs = std::max<std::int64_t>(10, request_.effort.warm_up_runs);
  WarmUpState state;
  state.run_ns.push_back(static_cast<double>(load.first_run_ns));
  double run_ns = static_cast<double>(load.first_run_ns);
  while (true) {
    BlockRequest chunk{.phase = "warm_up", .samples = kMostChunkSamples, .duration_ns = kWarmUpChunkNs};
    chunk.expected_ns = std::max(kWarmUpChunkNs, static_cast<std::int64_t>(2 * run_ns));
    const auto block = live.process->sample(chunk);
    for (const auto duration : block.durations_ns) state.run_ns.push_back(static_cast<double>(duration));
    state.chunk_faults.push_back(block.minor_faults);
    state.elapsed_ns = context_.clock.now_ns() - begin_ns;
    const std::span<const double> runs(state.run_ns);
    run_ns = statistics::median(runs.subspan(runs.size() / 2));
    load.steady = is_steady(state, least_runs);
    const bool may_stop = static_cast<std::int64_t>(runs.size()) >= least_runs;
    if (load.steady || (may_stop && state.elapsed_ns > kWarmUpCapNs)) break;
  }
  load.warm_up_ns = context_.clock.now_ns() - begin_ns;
  load.warm_up_runs = static_cast<std::int64_t>(state.run_ns.size());
  live.run_ns = run_ns;
}

void LoadSetRun::add_second_label() {
  for (const auto& entry : std::vector<Entry>(entries_)) {
    const auto& load = set_.loads[entry.load];
    if (load.candidate != request_.group.baseline || load.role != results::Role::Candidate) continue;
    results::Load label = load;
    label.role = results::Role::SecondLabel;
    set_.loads.push_back(label);
    live_.emplace_back();
    entries_.push_back({set_.loads.size() - 1, entry.live});
  }
}

bool LoadSetRun::round() {
  if (entries_.empty()) return false;
  std::vector<Entry> order = entries_;
  if (!second_label_takes_part(round_)) {
    std::erase_if(order, [](const Entry& entry) { return entry.load != entry.live; });
  }
  orders_.shuffle(std::span(order));
  for (std::size_t position = 0; position < order.size(); ++position) {
    // A candidate that died earlier in this round takes its other label with it.
    if (live_[order[position].live].process)
      measure_block(order[position], static_cast<int>(position), jitter_);
  }
  if (threads_ > 1) gate_round(round_);
  ++round_;
  set_.measuring_ns = measuring_ns();
  return !entries_.empty();
}

void LoadSetRun::measure_block(const Entry& entry, int position, base::Random& jitter) {
  auto& live = live_[entry.live];
  try {
    auto request = timed_block(live.run_ns, live.process->clock_step_ns(), jitter);
    for_others(entry.live, &LiveLoad::begin_idle);
    auto block = live.process->sample(request);
    if (!for_others(entry.live, &LiveLoad::end_idle)) block.disturbed = ReasonCode::OtherNotIdle;
    block.round = round_;
    block.position = position;
    live.sampled_cpu_ns += block.cpu_ns;
    samples_ += static_cast<std::int64_t>(block.durations_ns.size());
    if (entry.load == entry.live) {
      live.timed_runs += static_cast<std::int64_t>(block.durations_ns.size()) * block.runs_per_sample;
    }
    set_.loads[entry.load].blocks.push_back(std::move(block));
  } catch (const results::CandidateFailure& failure) {
    fail(entry.live, failure.outcome());
  }
}

/// False when one of them failed: it was not idle, or has died. That has nothing to do with whose block it
/// is.
bool LoadSetRun::for_others(std::size_t index, void (LiveLoad::*call)()) {
  bool all = true;
  for (std::size_t other = 0; other < live_.size(); ++other) {
    if (other == index || !live_[other].process) continue;
    try {
      (live_[other].process.get()->*call)();
    } catch (const results::CandidateFailure& failure) {
      fail(other, failure.outcome());
      all = false;
    }
  }
  return all;
}

void LoadSetRun::fail(std::size_t load_index, const results::Outcome& outcome) {
  live_[load_index].process.reset();
  for (const auto& entry : entries_) {
    if (entry.live == load_index) set_.loads[entry.load].outcome = outcome;
  }
  set_.loads[load_index].outcome = outcome;
  std::erase_if(entries_, [&](const Entry& entry) { return entry.live == load_index; });
}

void LoadSetRun::gate_round(int round) {
  std::vector<double> shares;
  std::vector<results::Block*> blocks;
  for (auto& load : set_.loads) {
    if (load.blocks.empty() || load.blocks.back().round != round) continue;
    if (load.blocks.back().run_delay_ns < 0) {
      throw NotMeasurable(ReasonCode::NoDelayCounter);
    }
    blocks.push_back(&load.blocks.back());
    shares.push_back(delay_share(load.blocks.back()) - kOwnDelaySpread * load.own_delay_share);
  }
  const auto reason = disturbance(shares);
  for (auto* block : blocks) {
    if (!reason.empty()) block->disturbed = reason;
  }
  disturbed_in_a_row_ = reason.empty() ? 0 : disturbed_in_a_row_ + 1;
  if (disturbed_in_a_row_ < kDisturbedBeforeWait) return;
  disturbed_in_a_row_ = 0;
  // Delays without neighbours are the engine's own: more threads than CPUs, or threads that hand over.
  if (neighbours_were_quiet()) return learn_own_delays();
  if (++quiet_waits_ > kMostQuietWaits) {
    throw NotMeasurable({ReasonCode::DelayUnexplained, "", reason.value, reason.limit});
  }
  wait_for_quiet();
}

bool LoadSetRun::neighbours_were_quiet() const {
  return context_.surroundings.end_span(own_cpu_ns()).busy_cpus <= kBackgroundCpus;
}

void LoadSetRun::learn_own_delays() {
  std::map<std::string, double> most;  // a second label or process of a candidate has the same threads
  for (const auto& load : set_.loads) {
    for (const auto& block : load.blocks)
      most[load.candidate] = std::max(most[load.candidate], delay_share(block));
  }
  for (auto& load : set_.loads) {
    // Below the gate there is nothing to excuse.
    if (most[load.candidate] >= analysis::kDelayGate) load.own_delay_share = most[load.candidate];
  }
}

void LoadSetRun::wait_for_quiet() {
  const auto begin_ns = context_.clock.now_ns();
  wait_for_free_cpus(context_, threads_);
  waited_ns_ += context_.clock.now_ns() - begin_ns;
}

bool LoadSetRun::has_least_counts() const {
  for (const auto& entry : entries_) {
    if (entry.load != entry.live) continue;  // the second label owes no counts
    const auto& load = set_.loads[entry.load];
    const auto used = std::count_if(load.blocks.begin(), load.blocks.end(),
                                    [](const results::Block& block) { return block.disturbed.empty(); });
    const auto load_ns = load.start_ns + load.load_ns + load.compile_ns;
    if (used < (load_ns > kSlowLoadNs ? kLeastRoundsAfterSlowLoad : kLeastRounds)) return false;
    if (live_[entry.live].timed_runs < request_.least_timed_runs) return false;
  }
  return true;
}

void LoadSetRun::finish() {
  const auto use = context_.surroundings.end_span(own_cpu_ns());
  set_.others_cpus = use.busy_cpus;
  set_.steal = use.steal;
  for (const auto& entry : entries_) {
    auto& live = live_[entry.live];
    auto& load = set_.loads[entry.load];
    load.peak_rss_bytes = live.process->peak_rss_bytes();
  }
  for (std::size_t index = 0; index < live_.size(); ++index) {
    if (!live_[index].process) continue;
    const auto problem = live_[index].process->close();
    // What was measured stays; how the engine behaves at its end is reported beside it.
    if (!problem.empty()) set_.loads[index].outcome.reason = "at teardown: " + problem;
    live_[index].process.reset();
  }
  set_.measuring_ns = measuring_ns();
}

std::int64_t LoadSetRun::own_cpu_ns() const {
  std::int64_t sum_ns = 0;
  for (const auto& live : live_) {
    sum_ns += live.process ? live.process->cpu_ns() - live.cpu_begin_ns : live.sampled_cpu_ns;
  }
  return sum_ns;
}

std::int64_t LoadSetRun::measuring_ns() const { return context_.clock.now_ns() - begin_ns_ - waited_ns_; }

}  // namespace inferometer::measure
