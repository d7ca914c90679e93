#include "measure/schedule.h"

#include <algorithm>
#include <cmath>

#include "analysis/analysis.h"
#include "statistics/moments.h"
#include "statistics/trend.h"

namespace inferometer::measure {
namespace {

constexpr double kBlockNs = 6e6;
// Where the re-warm costs more than a block (0.8 to 12 ms models), the block is as long: on recorded noise 2
// % of a 2 ms model is found within 10 s in 93 instead of 88 of 100 replays; at 5 ms nothing is lost, and
// guaranteed counts come with fewer hand-overs.
constexpr double kLongestBlockNs = 25e6;
constexpr std::int64_t kMostSamples = 64;
constexpr double kSeveralRunsAboveNs = 3e6;
constexpr std::int64_t kStepsPerSample = 1000;

// Re-warm after a hand-over: fitted to what 20 us, 0.16 ms, 5 ms and 17 ms models need.
constexpr std::int64_t kDiscardNs = 4'000'000;
constexpr std::int64_t kDiscardEnoughRuns = 5;
constexpr std::int64_t kDiscardEnoughNs = 25'000'000;

constexpr std::int64_t kWarmUpNs = 120'000'000;
constexpr std::size_t kTrendPoints = 100;

constexpr int kRoundsWithSecondLabel = 20;

/// Medians of equal consecutive pieces: a trend over thousands of runs is as visible in a hundred points.
std::vector<double> thinned(std::span<const double> values) {
  const std::size_t piece = (values.size() + kTrendPoints - 1) / kTrendPoints;
  std::vector<double> points;
  for (std::size_t begin = 0; begin + piece <= values.size(); begin += piece) {
    points.push_back(statistics::median(values.subspan(begin, piece)));
  }
  return points;
}

bool faults_have_settled(std::span<const std::int64_t> faults) {
  if (faults.empty() || faults.back() == 0) return true;
  return faults.size() >= 2 && 2 * faults.back() >= faults[faults.size() - 2];
}

}  // namespace

BlockRequest timed_block(double run_ns, std::int64_t clock_step_ns, base::Random& jitter) {
  BlockRequest block;
  block.discard_runs = 1;
  block.discard_ns = kDiscardNs;
  block.discard_enough_runs = kDiscardEnoughRuns;
  block.discard_enough_ns = kDiscardEnoughNs;
  run_ns = std::max(run_ns, 1.0);
  const auto least_sample_ns =
      static_cast<double>(kStepsPerSample * std::max<std::int64_t>(1, clock_step_ns));
  block.runs_per_sample = std::max<std::int64_t>(1, std::llround(std::ceil(least_sample_ns / run_ns)));
  const double sample_ns = run_ns * static_cast<double>(block.runs_per_sample);
  const double discard_ns =
      std::min(static_cast<double>(kDiscardEnoughRuns) * run_ns, static_cast<double>(kDiscardEnoughNs));
  double samples = std::clamp(discard_ns, kBlockNs, kLongestBlockNs) / sample_ns;
  if (samples > 4) samples *= 0.8 + 0.4 * jitter.uniform();
  block.samples =
      std::clamp<std::int64_t>(std::llround(samples), run_ns > kSeveralRunsAboveNs ? 2 : 1, kMostSamples);
  block.expected_ns = std::llround(std::max({discard_ns, run_ns, static_cast<double>(kDiscardNs)}) +
                                   sample_ns * static_cast<double>(block.samples));
  return block;
}

bool second_label_takes_part(int round) { return round < kRoundsWithSecondLabel || round % 4 == 0; }

std::vector<int> draw_cpus(const std::vector<machine::CpuUse::One>& use, int count, base::Random& random) {
  std::vector<machine::CpuUse::One> shuffled = use;
  random.shuffle(std::span(shuffled));
  std::stable_sort(shuffled.begin(), shuffled.end(), [](const auto& a, const auto& b) {
    return std::llround(a.busy * 10) < std::llround(b.busy * 10);
  });
  std::vector<int> cpus;
  for (const auto& one : shuffled) {
    if (static_cast<int>(cpus.size()) < count) cpus.push_back(one.cpu);
  }
  std::sort(cpus.begin(), cpus.end());
  return cpus;
}

bool is_steady(const WarmUpState& state, std::int64_t least_runs) {
  const auto runs = static_cast<std::int64_t>(state.run_ns.size());
  if (runs < std::max<std::int64_t>(3, least_runs) || state.elapsed_ns < kWarmUpNs) return false;
  const auto points = thinned(state.run_ns);
  const std::span<const double> last_half = std::span(points).subspan(points.size() / 2);
  // Too few points for a direction: slow models are judged by the trend alone.
  if (points.size() >= 20 && statistics::direction_changes(last_half) < 4) return false;
  const double drift =
      std::fabs(statistics::theil_sen_slope(last_half)) * static_cast<double>(last_half.size());
  const bool flat =
      drift < 0.005 * statistics::median(last_half) || statistics::trend_p_value(last_half) > 0.1;
  return flat && faults_have_settled(state.chunk_faults);
}

double delay_share(const results::Block& block) {
  return block.wall_ns > 0 ? static_cast<double>(block.run_delay_ns) / static_cast<double>(block.wall_ns) : 0;
}

results::Reason disturbance(std::span<const double> delay_shares) {
  const auto [least, most] = std::minmax_element(delay_shares.begin(), delay_shares.end());
  if (least == delay_shares.end()) return {};
  if (*most >= analysis::kDelayGate) {
    return {results::ReasonCode::RunQueueDelay, "", *most, analysis::kDelayGate};
  }
  return {};
}

}  // namespace inferometer::measure
