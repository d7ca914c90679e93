// Recorded and synthetic noise through the code that measures: coverage at the stop and power (goals V2, V3).
// One JSON line per replay on stdout; bench/summarise.py turns them into tables.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>

#include "analysis/analysis.h"
#include "base/json.h"
#include "measure/experiment_run.h"
#include "measure/replay.h"
#include "measure/surroundings_fixture.h"
#include "results/json.h"

namespace {

using namespace inferometer;

class NoJournal final : public results::Journal {
 public:
  void keep(const results::Preparation&) override {}
  void keep(const results::TruthCheck&) override {}
  void keep(const results::HarnessCost&) override {}
  void keep(const results::LoadSet&) override {}
  void keep(const results::GroupStop&) override {}
  void keep(const results::CandidateOutcome&) override {}
};

class NoObserver final : public measure::Observer {
 public:
  void say(const std::string&) override {}
  void step(const Step&) override {}
};

struct Arguments {
  std::vector<std::string> recordings;  ///< NAME=FILE
  std::vector<double> ratios = {1.0, 1.01, 1.02, 1.05, 3.0};
  int replays = 1000;
  double budget_seconds = 30;
  double quiet_ms = 2;
  double margin_percent = 2;
  std::uint64_t first_seed = 1;
};

results::Experiment make_experiment(const Arguments& arguments, std::uint64_t seed) {
  results::Experiment experiment;
  results::Group group;
  group.id = "g0";
  group.baseline = "a";
  for (const char* id : {"a", "b"}) {
    group.candidates.push_back({.id = id, .label = id, .artefact = "", .configuration = {}});
    results::TruthCheck truth;
    truth.candidate = id;
    truth.passed = truth.verified = true;
    experiment.truth_checks.push_back(truth);
  }
  experiment.plan.groups.push_back(group);
  experiment.plan.seed = seed;
  auto& effort = experiment.plan.effort;
  effort.mode = results::Mode::Quick;
  effort.warm_up_runs = 5;
  effort.timed_runs = 20;
  effort.repeats = 1;
  effort.margin = arguments.margin_percent / 100;
  effort.budget_ns = std::llround(arguments.budget_seconds * 1e9);
  experiment.environment.cpus = 2;
  return experiment;
}

struct Case {
  std::string noise;
  double ratio;  ///< the true one
  std::uint64_t seed;
};

void replay(const Arguments& arguments, const Case& one, measure::Noise& noise) {
  auto experiment = make_experiment(arguments, one.seed);
  base::FakeClock clock;
  const double quiet_ns = arguments.quiet_ms * 1e6;
  measure::ReplayLauncher launcher({{"a", {.quiet_ns = quiet_ns}}, {"b", {.quiet_ns = quiet_ns * one.ratio}}},
                                   noise, clock, one.seed);
  measure::FakeSurroundings surroundings(2);
  NoJournal journal;
  NoObserver observer;
  const measure::Context context{launcher, surroundings, clock, journal, observer, {}};
  const measure::ExperimentRequest request;
  measure::ExperimentRun(context, request, experiment).run();
  const auto group = analysis::analyse_group(experiment, experiment.plan.groups.front());
  const auto& found = group.comparisons.front().these_loads;
  base::Json line = {{"noise", one.noise},
                     {"true_ratio", one.ratio},
                     {"margin", arguments.margin_percent / 100},
                     {"seed", one.seed},
                     {"ratio", found.ratio},
                     {"low", found.low},
                     {"high", found.high},
                     {"rounds", found.units},
                     {"verdict", results::to_text(found.verdict)},
                     {"self", results::to_text(group.self.second_label.verdict)},
                     {"seconds", static_cast<double>(experiment.stops.front().measuring_ns) / 1e9}};
  std::puts(base::to_line(line).c_str());
}

void replay_all(const Arguments& arguments) {
  std::map<std::string, std::unique_ptr<measure::RecordedNoise>> recordings;
  for (const auto& text : arguments.recordings) {
    const auto equals = text.find('=');
    recordings[text.substr(0, equals)] = std::make_unique<measure::RecordedNoise>(text.substr(equals + 1));
  }
  for (const double ratio : arguments.ratios) {
    for (int i = 0; i < arguments.replays; ++i) {
      const auto seed = arguments.first_seed + static_cast<std::uint64_t>(i);
      for (const auto& [name, recording] : recordings) {
        recording->start_at(static_cast<std::int64_t>(base::Random(seed, name).below(300'000'000'000)));
        replay(arguments, {name, ratio, seed}, *recording);
      }
      for (const auto& name : measure::synthetic_noises()) {
        replay(arguments, {name, ratio, seed}, *measure::synthetic_noise(name, seed));
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Coverage and power on replayed noise");
  Arguments arguments;
  app.add_option("--recording", arguments.recordings, "NAME=FILE of unpacked noise recordings");
  app.add_option("--ratios", arguments.ratios, "true ratios")->delimiter(',');
  app.add_option("--replays", arguments.replays, "for each noise and ratio");
  app.add_option("--budget", arguments.budget_seconds, "seconds");
  app.add_option("--quiet-ms", arguments.quiet_ms, "latency of the baseline on the quiet machine");
  app.add_option("--margin", arguments.margin_percent, "percent that still count as equivalent");
  app.add_option("--first-seed", arguments.first_seed, "seeds count up from here");
  CLI11_PARSE(app, argc, argv);
  replay_all(arguments);
  return 0;
}
