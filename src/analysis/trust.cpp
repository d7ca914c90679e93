#include "analysis/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/estimate.h"
#include "analysis/ranking.h"

namespace inferometer::analysis {

using results::Role;

namespace {

class Grading {
 public:
  explicit Grading(const MeasuredGroup& group) : group_(group) {}

  void at_most(Grade grade, std::string reason) {
    trust_.grade = std::max(trust_.grade, grade);
    trust_.reasons.push_back(std::move(reason));
  }

  void run_delay();
  void steal_and_neighbours();
  void rounds_and_faults();
  void warm_up();
  void second_label(const SelfComparison& self);
  void second_process(const SelfComparison& self, bool speaks_of_fresh_loads);
  Trust trust() const { return trust_; }

 private:
  const MeasuredGroup& group_;
  Trust trust_;
};

void Grading::run_delay() {
  for (const auto& spec : group_.group.candidates) {
    const double share = run_delay_share(group_, spec.id).total;
    // Several threads wait for each other even on a quiet machine; the gate keeps them under its share.
    const bool several = threads_of(group_, spec) > 1;
    const double best = several ? kDelayGate : 0.01;
    if (std::isnan(share) && !loads_of(group_, spec.id).empty()) {
      at_most(Grade::B, spec.label + ": this kernel does not tell how long a thread waits for a CPU");
    }
    if (!(share >= best)) continue;
    at_most(share < kDelayGate ? Grade::B : Grade::C,
            fmt::format(
                "{} waited {:.1f} % of its time for a CPU{} (A: below {:.0f} %): something else ran there",
                spec.label, 100 * share, several || share > 1 ? ", all threads together" : "", 100 * best));
  }
}

void Grading::steal_and_neighbours() {
  double steal = 0;
  double others = 0;
  for (const auto& set : group_.sets) {
    steal += set.set->steal / static_cast<double>(group_.sets.size());
    others += set.set->others_cpus / static_cast<double>(group_.sets.size());
  }
  if (steal >= 0.005) {
    at_most(steal < 0.02 ? Grade::B : Grade::C,
            fmt::format("the hypervisor took {:.1f} % of the time away (A: below 0.5 %)", 100 * steal));
  }
  if (others < 0.2) return;
  int threads = 1;
  for (const auto& spec : group_.group.candidates) threads = std::max(threads, threads_of(group_, spec));
  const int cpus = group_.experiment.environment.cpus;
  const bool fit_beside_us = others <= 0.75 * (cpus - threads);
  at_most(
      others < 0.5 || fit_beside_us ? Grade::B : Grade::C,
      fmt::format("other processes used {:.1f} of {} CPUs beside our {} (A: below 0.2): they share caches, "
                  "memory and clocks with us",
                  others, cpus, threads));
}

void Grading::rounds_and_faults() {
  int rounds = 0;
  int disturbed = 0;
  for (const auto& set : group_.sets) {
    rounds += set.rounds;
    disturbed += set.disturbed_rounds;
  }
  if (disturbed > 0.05 * rounds) {
    at_most(Grade::B, fmt::format("{} of {} rounds were disturbed and left out for all (A: at most 5 %)",
                                  disturbed, rounds));
  }
  std::int64_t faults = 0;
  for (const auto& spec : group_.group.candidates) {
    for (const auto* load : loads_of(group_, spec.id)) {
      for (const auto* block : load->blocks) faults += block->major_faults;
    }
  }
  if (faults > 0) {
    at_most(Grade::B,
            fmt::format("{} major page faults while measuring (A: none): pages came from disk", faults));
  }
}

void Grading::warm_up() {
  std::size_t loads = 0;
  std::size_t unsteady = 0;
  for (const auto& spec : group_.group.candidates) {
    for (const auto* load : loads_of(group_, spec.id)) {
      ++loads;
      unsteady += load->load->steady ? 0 : 1;
    }
  }
  if (unsteady == 0) return;
  at_most(Grade::B, fmt::format("{} of {} loads were not steady when their warm-up reached its cap (A: none)",
                                unsteady, loads));
}

void Grading::second_label(const SelfComparison& self) {
  const Ratio& label = self.second_label;
  const double half_width = (std::log(label.high) - std::log(label.low)) / 2;
  const double margin = group_.experiment.plan.effort.margin;
  if (label.units == 0) {
    at_most(Grade::B, "the baseline was not compared with itself, so the noise of this run is not known");
  } else if (std::isinf(half_width)) {
    at_most(Grade::B,
            fmt::format("{} rounds of the baseline against itself bound no noise (A: within the margin)",
                        label.units));
  } else if (half_width > std::log1p(margin)) {
    at_most(Grade::B,
            fmt::format("the baseline against itself is known to {:.1f} % only (A: the margin of {:g} %)",
                        100 * half_width, 100 * margin));
  }
}

void Grading::second_process(const SelfComparison& self, bool speaks_of_fresh_loads) {
  const auto fresh_invalid = why_fresh_invalid(self);
  if (!fresh_invalid.empty()) {
    at_most(speaks_of_fresh_loads ? Grade::Invalid : Grade::C,
            fresh_invalid + ": no claim across fresh loads stands");
  }
  const auto by_set = log_ratios(group_, group_.group.baseline, Role::SecondProcess);
  const auto differing = std::count_if(by_set.begin(), by_set.end(), [](const SetLogRatios& set) {
    return excludes_one(estimate(set.values, {.level = kSelfLevel}));
  });
  if (differing == 0) return;
  at_most(differing > 1 ? Grade::C : Grade::B,
          fmt::format("in {} of {} load sets a second process of the baseline differs from the first: "
                      "load and placement matter here",
                      differing, by_set.size()));
}

}  // namespace

Trust grade_trust(const MeasuredGroup& group, const SelfComparison& self,
                  const std::vector<Comparison>& comparisons) {
  Grading grading(group);
  const auto invalid = why_invalid(group, self);
  if (!invalid.empty()) grading.at_most(Grade::Invalid, invalid);
  const bool measured = std::any_of(group.sets.begin(), group.sets.end(),
                                    [](const MeasuredSet& set) { return set.rounds > set.disturbed_rounds; });
  if (!measured) {
    grading.at_most(Grade::Invalid, "no undisturbed round was measured");
    return grading.trust();
  }
  grading.run_delay();
  grading.steal_and_neighbours();
  grading.rounds_and_faults();
  grading.warm_up();
  grading.second_label(self);
  const bool speaks_of_fresh_loads =
      std::any_of(comparisons.begin(), comparisons.end(), [](const auto& comparison) {
        return !comparison.these_loads_only && comparison.fresh_loads.units > 0;
      });
  grading.second_process(self, speaks_of_fresh_loads);
  return grading.trust();
}

const char* to_text(Grade grade) {
  switch (grade) {
    case Grade::A:
      return "A";
    case Grade::B:
      return "B";
    case Grade::C:
      return "C";
    case Grade::Invalid:
      return "invalid";
  }
  return "";
}

}  // namespace inferometer::analysis
