#include "measure/experiment_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "analysis/analysis.h"
#include "base/error.h"
#include "measure/load_set.h"
#include "measure/replay.h"
#include "measure/session_launcher.h"
#include "measure/surroundings_fixture.h"
#include "process/process.h"
#include "results/json.h"

namespace inferometer::measure {
namespace {

using results::OutcomeKind;
using results::VerdictKind;
using testing::HasSubstr;

class JournalInMemory final : public results::Journal {
 public:
  void keep(const results::Preparation&) override {}
  void keep(const results::TruthCheck& check) override { truth_checks.push_back(check); }
  void keep(const results::HarnessCost&) override {}
  void keep(const results::LoadSet& set) override {
    if (full_after >= 0 && static_cast<int>(load_sets.size()) >= full_after)
      throw base::RecordError("disk full");
    load_sets.push_back(set);
  }
  void keep(const results::GroupStop& stop) override { stops.push_back(stop); }
  void keep(const results::CandidateOutcome& outcome) override { outcomes.push_back(outcome); }
  std::vector<results::TruthCheck> truth_checks;
  std::vector<results::LoadSet> load_sets;
  std::vector<results::GroupStop> stops;
  std::vector<results::CandidateOutcome> outcomes;
  int full_after = -1;
};

using Candidates = std::map<std::string, ReplayedCandidate>;

class Silence final : public Observer {
 public:
  void say(const std::string& sentence) override { said.push_back(sentence); }
  void step(const Step&) override {}
  std::vector<std::string> said;
};

/// Fails a candidate where the test says so, else replays.
class FaultyLauncher final : public Launcher {
 public:
  explicit FaultyLauncher(Launcher& real) : real_(real) {}
  std::unique_ptr<LiveLoad> launch(const std::string& candidate, const std::vector<int>& cpus,
                                   results::Load& load) override {
    ++launches[candidate];
    if (candidate == fails)
      throw results::CandidateFailure({OutcomeKind::Crashed, "load", "SIGSEGV", "", ""});
    auto live = real_.launch(candidate, cpus, load);
    if (candidate != dies_while_running && delay_share == 0) return live;
    return std::make_unique<FaultyLoad>(std::move(live), candidate == dies_while_running ? 20 : 1 << 30,
                                        *this);
  }
  std::string fails;
  std::string dies_while_running;
  double delay_share = 0;
  double delay_growth = 0;  ///< more of it with every request
  std::int64_t cpu_before_rounds_ns = 0;
  std::map<std::string, int> launches;

 private:
  class FaultyLoad final : public LiveLoad {
   public:
    FaultyLoad(std::unique_ptr<LiveLoad> real, int requests_left, const FaultyLauncher& launcher)
        : real_(std::move(real)),
          requests_left_(requests_left),
          delay_share_(launcher.delay_share),
          delay_growth_(launcher.delay_growth),
          cpu_ns_(launcher.cpu_before_rounds_ns) {}
    results::Block sample(const BlockRequest& request) override {
      if (requests_left_-- == 0)
        throw results::CandidateFailure({OutcomeKind::TimedOut, "run", "no answer", "", ""});
      auto block = real_->sample(request);
      block.run_delay_ns = static_cast<std::int64_t>(delay_share_ * static_cast<double>(block.wall_ns));
      delay_share_ += delay_growth_;
      return block;
    }
    void outputs(int set, const std::string& file) override { real_->outputs(set, file); }
    int input_sets() const override { return real_->input_sets(); }
    std::int64_t clock_step_ns() const override { return real_->clock_step_ns(); }
    std::int64_t cpu_ns() override { return cpu_ns_; }
    std::int64_t peak_rss_bytes() const override { return 0; }
    std::string close() override { return real_->close(); }

   private:
    std::unique_ptr<LiveLoad> real_;
    int requests_left_;
    double delay_share_;
    double delay_growth_;
    std::int64_t cpu_ns_;
  };
  Launcher& real_;
};

/// An experiment of replayed candidates whose truth was checked before.
class Bench {
 public:
  static constexpr std::uint64_t kSeed = 1;
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  explicit Bench(const std::map<std::string, ReplayedCandidate>& candidates)
      : noise_(synthetic_noise("quiet", kSeed)),
        replay_(candidates, *noise_, clock, kSeed),
        launcher(replay_) {
    results::Group group;
    group.id = "g0";
    for (const auto& [id, replayed] : candidates) {
      group.candidates.push_back({.id = id, .label = id, .artefact = "a0", .configuration = {}});
      results::TruthCheck truth;
      truth.candidate = id;
      truth.passed = truth.verified = true;
      experiment.truth_checks.push_back(truth);
    }
    group.baseline = group.candidates.front().id;
    experiment.plan.groups.push_back(group);
    experiment.plan.seed = kSeed;
    experiment.environment.cpus = 2;
    set_mode(results::Mode::Quick, 20, 1);
  }

  void set_mode(results::Mode mode, std::int64_t timed_runs, int repeats) {
    auto& effort = experiment.plan.effort;
    effort.mode = mode;
    effort.warm_up_runs = 5;
    effort.timed_runs = timed_runs;
    effort.repeats = repeats;
    effort.budget_ns = 30'000'000'000;
  }
  void set_threads(int threads) {
    for (auto& candidate : experiment.plan.groups[0].candidates) candidate.configuration.threads = threads;
  }

  void run() {
    const Context context{launcher, surroundings, clock, journal, observer, {}};
    ExperimentRun(context, request, experiment).run();
  }
  VerdictKind verdict(const std::string& candidate) const {
    return journal.stops.back().verdicts.at(candidate);
  }

 private:
  std::unique_ptr<Noise> noise_;

 public:
  base::FakeClock clock;

 private:
  ReplayLauncher replay_;

 public:
  FaultyLauncher launcher;
  FakeSurroundings surroundings{2};
  JournalInMemory journal;
  Silence observer;
  ExperimentRequest request;
  results::Experiment experiment;
};

TEST(experiment_run, quick_finds_a_tenth_on_these_loads_and_says_so) {
  Bench bench(Candidates{{"a", {.quiet_ns = 2e6}}, {"b", {.quiet_ns = 2.2e6}}});
  bench.run();
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Slower);
  EXPECT_EQ(bench.journal.stops[0].reason.code, results::ReasonCode::Decided);
  EXPECT_EQ(bench.journal.load_sets.size(), 1u);
  const auto group = analysis::analyse_group(bench.experiment, bench.experiment.plan.groups[0]);
  EXPECT_TRUE(group.comparisons.at(0).these_loads_only);
  EXPECT_GT(group.comparisons.at(0).needs_loads, 0);
}

TEST(experiment_run, standard_goes_on_to_the_seven_fresh_loads_that_a_claim_needs) {
  Bench bench(Candidates{{"a", {.quiet_ns = 2e6, .load_deviation = 0.01}},
                         {"b", {.quiet_ns = 2.4e6, .load_deviation = 0.01}}});
  bench.set_mode(results::Mode::Standard, 100, 3);
  bench.experiment.plan.effort.budget_ns = 180'000'000'000;
  bench.run();
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Slower);
  EXPECT_EQ(bench.journal.load_sets.size(), 7u);
}

TEST(experiment_run, every_candidate_gets_its_guaranteed_counts) {
  Bench bench(Candidates{{"a", {.quiet_ns = 2e6}}, {"b", {.quiet_ns = 4e6}}});
  bench.set_mode(results::Mode::Standard, 100, 3);
  bench.experiment.plan.effort.exact_counts = true;
  bench.experiment.plan.effort.warm_up_runs = 50;
  bench.run();
  EXPECT_EQ(bench.journal.stops[0].reason.code, results::ReasonCode::Counts);
  ASSERT_EQ(bench.journal.load_sets.size(), 3u);
  for (const auto& set : bench.journal.load_sets) {
    for (const auto& load : set.loads) {
      if (load.role != results::Role::Candidate) continue;
      std::size_t runs = 0;
      for (const auto& block : load.blocks) runs += block.durations_ns.size();
      EXPECT_GE(runs, 100u);
      EXPECT_GE(load.warm_up_runs, 50);
    }
  }
}

TEST(experiment_run, the_baseline_takes_part_a_second_time_under_another_label_and_in_another_process) {
  Bench bench(Candidates{{"a", {}}, {"b", {}}});
  bench.set_mode(results::Mode::Standard, 20, 1);
  bench.run();
  std::multiset<results::Role> roles;
  for (const auto& load : bench.journal.load_sets[0].loads) roles.insert(load.role);
  EXPECT_EQ(roles.count(results::Role::Candidate), 2u);
  EXPECT_EQ(roles.count(results::Role::SecondLabel), 1u);
  EXPECT_EQ(roles.count(results::Role::SecondProcess), 1u);
}

TEST(experiment_run, the_order_of_loads_and_of_blocks_is_drawn_anew) {
  Bench bench(Candidates{{"a", {}}, {"b", {}}});
  bench.set_mode(results::Mode::Standard, 20, 12);
  bench.run();
  std::set<int> first_load, first_position;
  for (const auto& set : bench.journal.load_sets) {
    first_load.insert(set.loads[0].order);
    for (const auto& block : set.loads[0].blocks) first_position.insert(block.position);
  }
  EXPECT_GE(first_load.size(), 3u);
  EXPECT_EQ(first_position.size(), 4u);
}

TEST(experiment_run, a_candidate_that_cannot_load_costs_only_itself) {
  Bench bench(Candidates{{"a", {.quiet_ns = 2e6}}, {"b", {}}, {"c", {.quiet_ns = 3e6}}});
  bench.launcher.fails = "b";
  bench.run();
  EXPECT_EQ(bench.verdict("c"), VerdictKind::Slower);
  bool known = false;
  for (const auto& ended : bench.journal.outcomes) {
    if (ended.candidate == "b")
      known = ended.outcome.kind == OutcomeKind::Crashed && ended.outcome.reason == "SIGSEGV";
    if (ended.candidate == "c") {
      EXPECT_TRUE(ended.outcome.ok());
    }
  }
  EXPECT_TRUE(known);
  EXPECT_EQ(bench.launcher.launches["b"], 1) << "a crash is not tried again";
}

TEST(experiment_run, a_candidate_that_hangs_in_the_middle_keeps_its_blocks_as_evidence) {
  Bench bench(Candidates{{"a", {.quiet_ns = 2e6}}, {"b", {.quiet_ns = 2e6}}, {"c", {.quiet_ns = 2e6}}});
  bench.launcher.dies_while_running = "b";
  bench.experiment.plan.effort.timed_runs = 200;
  bench.run();
  const auto& loads = bench.journal.load_sets[0].loads;
  EXPECT_EQ(loads[1].outcome.kind, OutcomeKind::TimedOut);
  EXPECT_FALSE(loads[1].blocks.empty());
  EXPECT_LT(loads[1].blocks.size(), loads[0].blocks.size());
  EXPECT_EQ(bench.verdict("c"), VerdictKind::Equivalent);
}

TEST(experiment_run, a_resumed_experiment_repeats_nothing_and_draws_what_the_unbroken_one_would) {
  const std::map<std::string, ReplayedCandidate> candidates = {
      {"a", {.load_deviation = 0.01}}, {"b", {.quiet_ns = 2.4e6, .load_deviation = 0.01}}};
  Bench unbroken(candidates);
  unbroken.set_mode(results::Mode::Standard, 20, 3);
  unbroken.run();

  Bench broken(candidates);
  broken.set_mode(results::Mode::Standard, 20, 3);
  broken.journal.full_after = 4;
  EXPECT_THROW(broken.run(), base::RecordError);
  broken.journal.full_after = -1;
  broken.experiment.load_sets = broken.journal.load_sets;  // what is on disk is what is known
  broken.run();
  ASSERT_EQ(broken.journal.load_sets.size(), unbroken.journal.load_sets.size());
  for (std::size_t i = 0; i < broken.journal.load_sets.size(); ++i) {
    EXPECT_EQ(broken.journal.load_sets[i].index, static_cast<int>(i));
    for (std::size_t load = 0; load < 2; ++load) {
      EXPECT_EQ(broken.journal.load_sets[i].loads[load].order,
                unbroken.journal.load_sets[i].loads[load].order);
    }
  }
}

TEST(experiment_run, two_threads_wait_for_quiet_and_are_then_measured) {
  Bench bench(Candidates{{"a", {}}, {"b", {}}});
  bench.set_threads(2);
  bench.surroundings.busy = {1.0};
  bench.surroundings.quiet_after_ns = 5'000'000'000;
  bench.run();
  EXPECT_THAT(bench.observer.said.at(0), HasSubstr("neighbours use 1.0 of 2 CPUs"));
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Equivalent);
}

TEST(experiment_run, an_interruption_while_waiting_for_quiet_ends_the_experiment_and_judges_nothing) {
  Bench bench(Candidates{{"a", {}}, {"b", {}}});
  bench.set_threads(2);
  bench.surroundings.busy = {1.0};
  bench.surroundings.interrupted_after_ns = 1'000'000'000;
  EXPECT_THROW(bench.run(), process::Interrupted);
  EXPECT_TRUE(bench.journal.stops.empty());
  EXPECT_TRUE(bench.journal.outcomes.empty());
  // What is on disk can be gone on with.
  bench.surroundings.interrupted_after_ns = -1;
  bench.surroundings.busy = {};
  bench.run();
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Equivalent);
}

TEST(experiment_run, the_cpu_time_of_a_worker_that_died_stays_ours) {
  Bench bench(Candidates{{"a", {.quiet_ns = 2e6}}, {"b", {.quiet_ns = 2e6}}});
  bench.launcher.cpu_before_rounds_ns = 5'000'000'000;
  bench.launcher.dies_while_running = "b";
  bench.experiment.plan.effort.timed_runs = 200;
  bench.run();
  std::int64_t sampled_ns = 0;
  for (const auto& block : bench.journal.load_sets[0].loads[1].blocks) sampled_ns += block.cpu_ns;
  ASSERT_GT(sampled_ns, 0);
  EXPECT_EQ(bench.surroundings.own_cpu_ns, sampled_ns) << "never less than none, nor what it used to load";
}

TEST(experiment_run, two_threads_beside_a_busy_neighbour_are_refused_and_not_judged) {
  Bench bench(Candidates{{"a", {}}, {"b", {.quiet_ns = 4e6}}});
  bench.set_threads(2);
  bench.surroundings.busy = {1.0};
  bench.run();
  EXPECT_EQ(bench.surroundings.watched_ns, 30'000'000'000);
  EXPECT_EQ(bench.journal.stops.at(0).reason,
            results::Reason(results::ReasonCode::NeighboursBusy, "2", 1.0, 2));
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Invalid);
}

TEST(experiment_run, rounds_of_two_threads_with_run_queue_delay_do_not_count) {
  Bench bench(Candidates{{"a", {}}, {"b", {.quiet_ns = 4e6}}});
  bench.set_threads(2);
  bench.launcher.delay_share = 0.5;
  bench.surroundings.busy_in_spans = 0.2;
  bench.run();
  EXPECT_EQ(bench.journal.stops.at(0).reason.code, results::ReasonCode::DelayUnexplained);
  EXPECT_NEAR(bench.journal.stops.at(0).reason.value, 0.5, 0.01);
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Invalid);
}

TEST(experiment_run, threads_that_wait_for_each_other_while_neighbours_are_quiet_are_measured) {
  Bench bench(Candidates{{"a", {}}, {"b", {.quiet_ns = 4e6}}});
  bench.set_threads(2);
  bench.set_mode(results::Mode::Standard, 100, 3);
  bench.launcher.delay_share = 0.5;
  bench.launcher.delay_growth = 0.005;
  bench.run();
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Slower);
  const auto& sets = bench.journal.load_sets;
  const auto& first = sets.at(0).loads.at(0);
  EXPECT_GT(first.own_delay_share, 0.5);
  EXPECT_EQ(std::count_if(first.blocks.begin(), first.blocks.end(),
                          [](const results::Block& block) { return !block.disturbed.empty(); }),
            2)
      << "nobody else was there: it learns at once, and that such delays differ from block to block";
  ASSERT_GT(sets.size(), 1U);
  EXPECT_TRUE(sets.at(1).loads.at(0).blocks.at(0).disturbed.empty())
      << "what one load set has shown, the next knows";
}

TEST(experiment_run, one_thread_beside_a_busy_neighbour_is_measured) {
  Bench bench(Candidates{{"a", {}}, {"b", {.quiet_ns = 4e6}}});
  bench.surroundings.busy = {1.0};
  bench.run();
  EXPECT_EQ(bench.verdict("b"), VerdictKind::Slower);
  EXPECT_EQ(bench.journal.load_sets[0].loads[0].cpus, std::vector<int>{1});
  EXPECT_DOUBLE_EQ(bench.journal.load_sets[0].others_cpus, 1.0);
}

TEST(replay, recorded_and_synthetic_noise_slow_all_candidates_alike) {
  for (const auto& name : synthetic_noises()) {
    const auto noise = synthetic_noise(name, 3);
    const auto end = noise->end_of_work(12'345'678, 5e6);
    EXPECT_GE(end, 12'345'678 + 5'000'000) << name;
    EXPECT_EQ(end, noise->end_of_work(12'345'678, 5e6)) << name << ": the past does not change";
    // Work is additive: two halves end where the whole does, up to a rounded nanosecond each.
    EXPECT_NEAR(static_cast<double>(noise->end_of_work(noise->end_of_work(12'345'678, 2e6), 3e6)),
                static_cast<double>(end), 2)
        << name;
  }
}

TEST(request, what_the_engine_did_differently_is_said) {
  results::Configuration asked{
      .engine = "x", .precision = "float16", .threads = 2, .options = {{"spinning", "0"}}};
  results::Effective effective{
      .device = "cpu", .precision = "float16", .threads = 2, .options = {{"spinning", "0"}}, .placement = {}};
  EXPECT_EQ(difference_to_request(asked, effective), "");
  effective.precision = "bfloat16";
  EXPECT_EQ(difference_to_request(asked, effective), "asked for float16, the engine computes in bfloat16");
  effective.precision = "float16";
  effective.threads = 1;
  EXPECT_EQ(difference_to_request(asked, effective), "asked for 2 threads, the engine uses 1");
  effective.threads = 2;
  effective.options["spinning"] = "1";
  EXPECT_EQ(difference_to_request(asked, effective), "asked for spinning=0, the engine uses 1");
}

}  // namespace
}  // namespace inferometer::measure
