// One load under two labels, with a stop whenever the interval decides: false alarms when both labels do the
// same work, power when the second does `--extra` more runs of the same model in what counts as one sample.
// One JSON line per verdict on stdout; every verdict has a fresh load, so the file may grow over days.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "measure/schedule.h"
#include "measure/session_launcher.h"
#include "measure/surroundings.h"
#include "statistics/moments.h"
#include "statistics/sign_sequence.h"

namespace {

using namespace inferometer;

struct Arguments {
  std::string worker;
  std::string library;
  std::string model;
  std::vector<std::string> inputs;
  int verdicts = 10;
  double seconds = 60;
  double extra = 0;         ///< 0: A/A; 0.02: the second label does 2 % more runs
  int runs_per_sample = 0;  ///< with --extra: a multiple of 1 / extra; 0: one run is one sample
  std::uint64_t first_seed = 1;
};

/// One block of one label: its duration per nominal sample, which is one run, or `runs` where that is above
/// 0.
double block_ns(measure::LiveLoad& live, double run_ns, double runs, base::Random& jitter) {
  auto request = measure::timed_block(run_ns, live.clock_step_ns(), jitter);
  if (runs > 0) {
    request.samples = 1;
    request.runs_per_sample = std::llround(runs);
    request.expected_ns += std::llround(run_ns * runs);
  }
  const auto block = live.sample(request);
  const std::vector<double> durations(block.durations_ns.begin(), block.durations_ns.end());
  return statistics::median(durations);
}

void one_verdict(const Arguments& arguments, std::uint64_t seed) {
  measure::MachineSurroundings surroundings;
  base::Random order(seed, "order"), jitter(seed, "jitter"), placement(seed, "placement");
  const auto cpus = measure::draw_cpus(surroundings.watch(std::chrono::milliseconds(250)).cpus, 1, placement);
  measure::LaunchFacts facts;
  facts.launch = engines::program_with_library(arguments.worker, arguments.library);
  facts.parts = {{"model", arguments.model, "", 0}};
  facts.format = "onnx";
  facts.input_sets = arguments.inputs;
  measure::SessionLauncher launcher({{"load", facts}}, {});
  results::Load load;
  const auto live = launcher.launch("load", cpus, load);
  const auto warm = live->sample(
      {.phase = "warm_up", .samples = 4096, .duration_ns = 300'000'000, .expected_ns = 1'000'000'000});
  const double run_ns =
      statistics::median(std::vector<double>(warm.durations_ns.begin(), warm.durations_ns.end()));
  surroundings.begin_span();
  const auto own_begin_ns = live->cpu_ns();
  const auto begin_ns = base::monotonic_ns();
  std::vector<double> log_ratios;
  std::string verdict = "undecided";
  statistics::Interval interval{0, 0};
  const double margin = std::log(1.02);
  while (static_cast<double>(base::monotonic_ns() - begin_ns) < arguments.seconds * 1e9 &&
         verdict == "undecided") {
    double ns[2] = {0, 0};
    int labels[2] = {0, 1};
    order.shuffle(std::span<int>(labels));
    const double runs[2] = {1.0 * arguments.runs_per_sample,
                            arguments.runs_per_sample * (1 + arguments.extra)};
    for (const int label : labels) ns[label] = block_ns(*live, run_ns, runs[label], jitter);
    log_ratios.push_back(std::log(ns[1] / ns[0]));
    interval = statistics::sign_confidence_sequence(log_ratios, 0.05);
    if (interval.low > 0)
      verdict = "slower";
    else if (interval.high < 0)
      verdict = "faster";
    else if (arguments.extra == 0 && interval.low > -margin && interval.high < margin)
      verdict = "equivalent";
  }
  const double seconds = static_cast<double>(base::monotonic_ns() - begin_ns) / 1e9;
  const auto others = surroundings.end_span(live->cpu_ns() - own_begin_ns);
  live->close();
  std::puts(base::to_line({{"seed", seed},
                           {"utc_day", std::time(nullptr) / 86400},
                           {"extra", arguments.extra},
                           {"run_ns", run_ns},
                           {"verdict", verdict},
                           {"rounds", log_ratios.size()},
                           {"seconds", seconds},
                           {"ratio", std::exp(statistics::median(log_ratios))},
                           {"low", std::exp(interval.low)},
                           {"high", std::exp(interval.high)},
                           {"others_cpus", others.busy_cpus},
                           {"steal", others.steal}})
                .c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A/A and power on one load");
  Arguments arguments;
  app.add_option("--worker", arguments.worker, "worker program")->required();
  app.add_option("--library", arguments.library, "engine library");
  app.add_option("--model", arguments.model, "ONNX file")->required();
  app.add_option("--inputs", arguments.inputs, "safetensors files")->required();
  app.add_option("--verdicts", arguments.verdicts, "");
  app.add_option("--seconds", arguments.seconds, "per verdict at most");
  app.add_option("--extra", arguments.extra, "share of extra work of the second label");
  app.add_option("--runs-per-sample", arguments.runs_per_sample, "runs that count as one sample");
  app.add_option("--first-seed", arguments.first_seed, "seeds count up from here");
  CLI11_PARSE(app, argc, argv);
  for (int i = 0; i < arguments.verdicts; ++i)
    one_verdict(arguments, arguments.first_seed + static_cast<std::uint64_t>(i));
  return 0;
}
