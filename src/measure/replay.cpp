#include "measure/replay.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numbers>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "statistics/quantiles.h"

namespace inferometer::measure {
namespace {

constexpr std::size_t kRecordBytes = 24;
constexpr std::uint64_t kMostTraceBytes = 1ull << 30;

/// Speed is constant over steps of one millisecond; `slowdown(step)` says by how much work is slower then.
class SteppedNoise final : public Noise {
 public:
  explicit SteppedNoise(std::function<double(std::int64_t)> slowdown) : slowdown_(std::move(slowdown)) {}

  std::int64_t end_of_work(std::int64_t start_ns, double quiet_ns) override {
    auto now = static_cast<double>(start_ns);
    while (true) {
      const auto step = static_cast<std::int64_t>(now / kStepNs);
      const double slowdown = at(step);
      const double end_of_step = static_cast<double>(step + 1) * kStepNs;
      const double possible = (end_of_step - now) / slowdown;
      if (possible >= quiet_ns) return static_cast<std::int64_t>(std::ceil(now + quiet_ns * slowdown));
      quiet_ns -= possible;
      now = end_of_step;
    }
  }

 private:
  static constexpr double kStepNs = 1e6;
  double at(std::int64_t step) {
    // Filled in order, so that a process with memory has its past.
    while (static_cast<std::int64_t>(known_.size()) <= step) {
      known_.push_back(slowdown_(static_cast<std::int64_t>(known_.size())));
    }
    return known_[static_cast<std::size_t>(step)];
  }
  std::function<double(std::int64_t)> slowdown_;
  std::vector<double> known_;
};

std::function<double(std::int64_t)> autoregressive(base::Random random) {
  // AR(1) with 0.9 a millisecond and a stationary deviation of 0.15 in log.
  auto state = std::make_shared<std::pair<base::Random, double>>(random, 0.0);
  return [state](std::int64_t) {
    state->second = 0.9 * state->second + 0.15 * std::sqrt(1 - 0.81) * state->first.normal();
    return std::exp(std::fabs(state->second));
  };
}

std::function<double(std::int64_t)> two_states(base::Random random) {
  struct State {
    base::Random random;
    bool slow = false;
    double slowdown = 1;
    std::int64_t until = 0;
  };
  auto state = std::make_shared<State>(State{random});
  return [state](std::int64_t step) {
    if (step >= state->until) {
      state->slow = !state->slow;
      state->slowdown = state->slow ? 1.5 + 0.5 * state->random.uniform() : 1.0;
      // Dwell 0.05 to 2 s, uniform in log.
      state->until =
          step + static_cast<std::int64_t>(50 * std::exp(std::log(40.0) * state->random.uniform()));
    }
    return state->slowdown;
  };
}

struct NamedNoise {
  const char* name;
  std::function<double(std::int64_t)> (*make)(base::Random);
};
constexpr NamedNoise kNoises[] = {
    {"quiet",
     [](base::Random) { return std::function<double(std::int64_t)>([](std::int64_t) { return 1.0; }); }},
    {"lognormal",
     [](base::Random random) {
       return std::function<double(std::int64_t)>(
           [random](std::int64_t) mutable { return std::exp(0.1 * std::fabs(random.normal())); });
     }},
    {"ar1", autoregressive},
    {"markov", two_states},
    {"drift",
     [](base::Random) {
       return std::function<double(std::int64_t)>(
           [](std::int64_t step) { return std::exp(0.01 * static_cast<double>(step) / 1e3); });
     }},
    {"periodic",
     [](base::Random) {
       return std::function<double(std::int64_t)>(
           [](std::int64_t step) { return step % 4 == 0 ? 1.5 : 1.0; });
     }},
};

class ReplayLoad final : public LiveLoad {
 public:
  /// `replayed.quiet_ns` is that of this load.
  ReplayLoad(const ReplayedCandidate& replayed, Noise& noise, base::FakeClock& clock, base::Random random)
      : replayed_(replayed), noise_(noise), clock_(clock), random_(random) {}

  results::Block sample(const BlockRequest& request) override {
    results::Block block;
    block.runs_per_sample = request.runs_per_sample;
    const auto begin_ns = clock_.now_ns();
    const auto passed_ns = [&] { return clock_.now_ns() - begin_ns; };
    while (block.discarded_runs < request.discard_runs || passed_ns() < request.discard_ns ||
           (block.discarded_runs < request.discard_enough_runs && passed_ns() < request.discard_enough_ns)) {
      run();
      ++block.discarded_runs;
    }
    block.discarded_ns = passed_ns();
    block.begin_ns = clock_.now_ns();
    while (static_cast<std::int64_t>(block.durations_ns.size()) < request.samples) {
      const auto start_ns = clock_.now_ns();
      for (std::int64_t i = 0; i < request.runs_per_sample; ++i) run();
      block.durations_ns.push_back(clock_.now_ns() - start_ns);
      if (request.duration_ns > 0 && clock_.now_ns() - block.begin_ns >= request.duration_ns) break;
    }
    block.wall_ns = clock_.now_ns() - block.begin_ns;
    block.cpu_ns = block.wall_ns;
    clock_.advance(25'000);  // the hand-over
    return block;
  }
  void outputs(int, const std::string&) override {}
  int input_sets() const override { return 1; }
  std::int64_t clock_step_ns() const override { return 20; }
  std::int64_t cpu_ns() override { return 0; }
  std::int64_t peak_rss_bytes() const override { return 0; }
  std::string close() override { return ""; }

 private:
  void run() {
    const double work_ns = replayed_.quiet_ns * std::exp(replayed_.run_deviation * random_.normal());
    clock_.advance(noise_.end_of_work(clock_.now_ns(), work_ns) - clock_.now_ns());
  }
  ReplayedCandidate replayed_;
  Noise& noise_;
  base::FakeClock& clock_;
  base::Random random_;
};

}  // namespace

RecordedNoise::RecordedNoise(const std::filesystem::path& file) {
  const auto bytes = base::read_file(file, kMostTraceBytes);
  if (bytes.empty() || bytes.size() % kRecordBytes != 0) {
    throw base::UserError(
        file.string() + ": has " + std::to_string(bytes.size()) +
        " bytes; a noise recording is a whole number of 24-byte records (unpack .xz first)");
  }
  const std::size_t count = bytes.size() / kRecordBytes;
  std::vector<double> wall_ns(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t start = 0;
    std::uint32_t wall = 0;
    std::memcpy(&start, bytes.data() + i * kRecordBytes, sizeof start);
    std::memcpy(&wall, bytes.data() + i * kRecordBytes + sizeof start, sizeof wall);
    time_ns_.push_back(static_cast<double>(start));
    wall_ns[i] = wall;
  }
  const double quiet_ns = statistics::quantile_type7(wall_ns, 0.01);
  const double first = time_ns_.front();
  double work_ns = 0;
  for (std::size_t i = 0; i < count; ++i) {
    time_ns_[i] -= first;
    work_ns_.push_back(work_ns);
    work_ns += quiet_ns;
  }
  time_ns_.push_back(time_ns_.back() + wall_ns.back());
  work_ns_.push_back(work_ns);
}

double RecordedNoise::work_at(double time_ns) const {
  const double length = time_ns_.back();
  const double laps = std::floor(time_ns / length);
  const double within = time_ns - laps * length;
  const auto after = std::upper_bound(time_ns_.begin(), time_ns_.end() - 1, within);
  const auto index = static_cast<std::size_t>(after - time_ns_.begin()) - 1;
  const double share = (within - time_ns_[index]) / (time_ns_[index + 1] - time_ns_[index]);
  return laps * work_ns_.back() + work_ns_[index] + share * (work_ns_[index + 1] - work_ns_[index]);
}

double RecordedNoise::time_at(double work_ns) const {
  const double laps = std::floor(work_ns / work_ns_.back());
  const double within = work_ns - laps * work_ns_.back();
  const auto after = std::upper_bound(work_ns_.begin(), work_ns_.end() - 1, within);
  const auto index = static_cast<std::size_t>(after - work_ns_.begin()) - 1;
  const double share = (within - work_ns_[index]) / (work_ns_[index + 1] - work_ns_[index]);
  return laps * time_ns_.back() + time_ns_[index] + share * (time_ns_[index + 1] - time_ns_[index]);
}

std::int64_t RecordedNoise::end_of_work(std::int64_t start_ns, double quiet_ns) {
  const double begin = static_cast<double>(start_ns + offset_ns_);
  const double end = time_at(work_at(begin) + quiet_ns);
  return start_ns + static_cast<std::int64_t>(std::ceil(std::max(0.0, end - begin)));
}

std::unique_ptr<Noise> synthetic_noise(const std::string& name, std::uint64_t seed) {
  for (const auto& noise : kNoises) {
    if (name == noise.name)
      return std::make_unique<SteppedNoise>(noise.make(base::Random(seed, "noise " + name)));
  }
  throw base::UserError(base::unknown_word("noise", name, synthetic_noises()));
}

std::vector<std::string> synthetic_noises() {
  std::vector<std::string> names;
  for (const auto& noise : kNoises) names.emplace_back(noise.name);
  return names;
}

ReplayLauncher::ReplayLauncher(std::map<std::string, ReplayedCandidate> candidates, Noise& noise,
                               base::FakeClock& clock, std::uint64_t seed)
    : candidates_(std::move(candidates)), noise_(noise), clock_(clock), random_(seed, "replay") {}

std::unique_ptr<LiveLoad> ReplayLauncher::launch(const std::string& candidate, const std::vector<int>& cpus,
                                                 results::Load& load) {
  auto replayed = candidates_.at(candidate);
  load.cpus = cpus;
  load.start_ns = static_cast<std::int64_t>(replayed.load_ns);
  clock_.advance(noise_.end_of_work(clock_.now_ns(), replayed.load_ns) - clock_.now_ns());
  replayed.quiet_ns *= std::exp(replayed.load_deviation * random_.normal());
  return std::make_unique<ReplayLoad>(replayed, noise_, clock_, base::Random(random_.next(), "runs"));
}

}  // namespace inferometer::measure
