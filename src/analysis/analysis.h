// From samples to summaries, comparisons, verdicts and trust. Pure: same record and version, same result.
// Used live (measure asks whether to stop) and for every report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/charts.h"
#include "results/experiment.h"

namespace inferometer::analysis {

/// Changes whenever a number in a report could change. Printed in every report.
constexpr int kVersion = 1;

/// Of the run-queue delay of a candidate of several threads, as a share of wall time: from here on its
/// threads ran as fewer, and its round or comparison does not count.
constexpr double kDelayGate = 0.05;

/// A percentile that may be blank, with the plain type-7 number beside it.
struct Percentile {
  double p = 0;
  double value_ns = kNone;    ///< gated; Harrell-Davis to p95, type 7 above
  double plain_ns = kNone;    ///< type 7, always
  results::Reason why_blank;  ///< FewSamples, SamplesSpanRuns
};

/// Latency of one candidate over its undisturbed rounds. Per run, in ns.
struct Summary {
  std::string candidate;
  std::int64_t runs = 0;
  std::int64_t samples = 0;
  int loads = 0;
  int rounds = 0;
  int disturbed_rounds = 0;
  double median_ns = kNone;  ///< median over rounds of block medians: the headline
  double mean_ns = kNone, deviation_ns = kNone, minimum_ns = kNone, maximum_ns = kNone;
  double floor_ns = kNone;               ///< p5 of block minima
  std::vector<Percentile> percentiles;   ///< 0.5, 0.9, 0.95, 0.99
  double throughput_per_second = kNone;  ///< items: batch x runs / timed wall; closed loop, one stream
  double cpu_mean = kNone;               ///< cores in use during the timed loops
  double cpu_ns_per_run = kNone;
  double run_delay_share = kNone;  ///< run-queue delay / wall
  double first_token_ns = kNone;   ///< of a text that is generated: median over samples; else blank
  double per_token_ns = kNone;     ///< of each token after the first: median over samples
  double faults_per_run = kNone;
  double start_ns = kNone, load_ns = kNone, compile_ns = kNone;  ///< medians over loads
  double first_run_ns = kNone, warm_up_ns = kNone;               ///< medians over loads
  std::int64_t peak_rss_bytes = 0;                               ///< largest over loads
  double harness_share = kNone;                                  ///< our in-region cost / median
};

/// A ratio of latencies candidate / baseline at one level. Below 1: the candidate is faster.
struct Ratio {
  double ratio = kNone, low = kNone, high = kNone;     ///< low 0 or high infinity: not bounded yet
  std::int64_t units = 0;                              ///< rounds, or fresh loads
  double deviation = kNone, robust_deviation = kNone;  ///< of the log ratios
  results::VerdictKind verdict = results::VerdictKind::Undecided;
};

struct Comparison {
  std::string candidate;
  std::string baseline;
  double level = 0.05;  ///< after division by the number of comparisons
  Ratio these_loads;    ///< rounds within the loads as they lie; of several load sets all rounds pooled
  Ratio fresh_loads;    ///< one median per whole load set
  Ratio cpu_time;       ///< of CPU time instead of latency, at the level of loads of the printed verdict
  int needs_loads = 0;  ///< > 0: so many more load sets before a claim about the configuration
  results::VerdictKind verdict = results::VerdictKind::Undecided;  ///< the one to print
  bool these_loads_only = false;   ///< the verdict is at the level of these loads
  bool ranked = true;              ///< false: wrong output, untrusted, unverified, failed
  double seconds_more = kNone;     ///< undecided at the level of the mode: time that would probably decide it
  bool floor_contradicts = false;  ///< the ratio of floors points the other way
  bool differs_within_margin = false;  ///< differs, but by less than the margin
  bool inside_noise = false;           ///< its printed ratio lies in GroupAnalysis::noise
  results::Reasons reasons;            ///< invalid or unranked: why
};

/// The in-run A/A of a group.
struct SelfComparison {
  Ratio second_label;    ///< at level 0.01; verdict Invalid when it excludes 1
  Ratio second_process;  ///< load and placement; units = load sets when more than one, else rounds
  bool has_second_process = false;
};

enum class Grade { A, B, C, Invalid };
struct Trust {
  Grade grade = Grade::A;
  results::Reasons reasons;  ///< what kept it from a better grade
};
const char* to_text(Grade grade);

struct GroupAnalysis {
  std::string group;
  std::vector<Summary> summaries;           ///< in the order of the group's candidates
  std::vector<Comparison> comparisons;      ///< one for each candidate but the baseline
  std::vector<Distribution> distributions;  ///< as the summaries
  SelfComparison self;
  NoiseBand noise;
  Trust trust;
  std::string fastest;  ///< candidate id, empty when none is certain
  std::string leading;  ///< candidate of the comparison that the headline is about; empty: none is ranked
  std::vector<std::string> tied;  ///< where that one is decided: candidates that are not certainly slower
  results::Reasons baseline_unranked;  ///< why the baseline itself may not be ranked; empty: it may
};

struct Analysis {
  int version = kVersion;
  std::vector<GroupAnalysis> groups;
  std::vector<BatchSweep> batches;
};

/// The ratio that the printed verdict comes from.
const Ratio& printed_ratio(const Comparison& comparison);

/// One candidate of a group against another.
struct Pair {
  Ratio latency;   ///< blank (no units) where one is of another group or has no round with the baseline
  Ratio cpu_time;  ///< blank, too, where they are about different levels of loads
  bool these_loads_only = false;
  int needs_loads = 0;  ///< as in Comparison, the larger of the two
};
/// From their comparisons with the baseline; no further round is looked at. `margin` as in Effort.
Pair compare_rivals(const GroupAnalysis& group, const std::string& candidate, const std::string& rival,
                    double margin);

/// Why the candidate is measured but never ranked: how it ended, wrong output, unverified. Empty: it is
/// ranked.
results::Reasons why_unranked(const results::Experiment& experiment, const std::string& candidate);

Analysis analyse(const results::Experiment& experiment);
GroupAnalysis analyse_group(const results::Experiment& experiment, const results::Group& group);

/// Live: is every ranked comparison decided at the level the mode is about? (Quick: these loads; else fresh
/// loads.) True when there is none. Costs about 1 microsecond a block of the group.
struct Progress {
  bool decided = false;
  double seconds_more = kNone;  ///< largest over undecided comparisons
};
Progress progress(const results::Experiment& experiment, const results::Group& group);

}  // namespace inferometer::analysis
