// The words and numbers that the printers for people share, so that a terminal and a file say the same.
// Nothing here is escaped or made printable: that belongs to the printer, which knows where the text goes.
#pragma once

#include <string>
#include <vector>

#include "report/core/view.h"

namespace inferometer::report {

/// "minilm (synthetic weights), batch 1, sequence 128".
std::string title(const GroupView& group);
/// "minilm (synthetic weights)".
std::string model_name(const GroupView& group);
/// "11 loads, 88 rounds"; "nothing measured".
std::string counts(const GroupView& group);
/// "crashed in load: SIGSEGV".
std::string outcome(const results::Outcome& outcome);

/// "ok", "wrong output: NaN in logits at [0]", "unverified: there is no reference".
std::string truth(const results::TruthCheck& truth);

/// "1 of 4 (25 %)": items that get another class than from the reference; "-" without class scores.
std::string disagreement(const CandidateView& candidate);

/// "1.43x [1.41, 1.45]", "1 (baseline)"; "-" without a ratio. An end that is not bounded yet is "?".
std::string speed_up(const CandidateView& candidate);
std::string speed_up(const analysis::Ratio& latency);
/// As many digits behind the point as tell the ends of an interval from each other and from 1: 2 to 4.
int interval_digits(double low, double high);
/// "1.001 [0.996, 1.004]", of latencies.
std::string latency_ratio(const analysis::Ratio& ratio);
/// "faster", "faster (these loads)", "wrong output", "not ranked"; empty for the baseline.
std::string verdict(const CandidateView& candidate);

/// A time in ms, or µs or ns where the fastest of the group is below one: three digits, without the unit; "-"
/// for blank.
struct TimeUnit {
  const char* name;
  double nanoseconds;
  std::string print(double nanoseconds_or_blank) const;
};
TimeUnit unit_of(double smallest_ns);
TimeUnit unit_for(const GroupView& group);
/// "p95" of a summary; null without it.
const analysis::Percentile* percentile(const CandidateView& candidate, double p);
/// "p99": the name of a percentile.
std::string percentile_name(double p);
/// "3.2 %", "0.00040 %"; "-" for blank.
std::string percent(double share);
/// Items a second, as many digits as a time has; "-" for blank.
std::string rate(double per_second);
std::string size(std::int64_t bytes);  ///< "90.9 MB", "-" for 0

/// What a reader must know about a row beside its numbers, one sentence each.
std::vector<std::string> notes(const CandidateView& candidate, double margin);
/// A note and the labels of the candidates that share it, in the order of the group.
struct SharedNote {
  std::string text;
  std::vector<std::string> labels;
};
std::vector<SharedNote> shared_notes(const GroupView& group, double margin);
/// Whom a note is about: "all", or their labels.
std::string who(const SharedNote& note, const GroupView& group);

/// The in-run A/A, one sentence for each of its parts.
std::vector<std::string> self_comparison(const GroupView& group);
/// "our own cost: 25 ns inside each run, 0.00040 % of the fastest".
std::string harness_cost(const GroupView& group);
/// "stopped: decided after 48 s of measuring"; "not finished".
std::string stop(const GroupView& group);
/// What the whole record must be read with: interrupted, damaged; empty: nothing.
std::vector<std::string> warnings(const results::Experiment& experiment);
/// "Intel Xeon, 2 CPUs, 16.0 GB".
std::string machine(const results::Environment& environment);
const char* mode_name(results::Mode mode);
/// First 8 digits: what people type.
std::string short_id(const results::Experiment& experiment);

}  // namespace inferometer::report
