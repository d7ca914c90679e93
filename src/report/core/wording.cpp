#include "report/core/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "report/core/reasons.h"

namespace inferometer::report {
namespace {

using results::VerdictKind;

std::string plural(std::int64_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string interval(double value, double low, double high, const char* unit) {
  if (std::isnan(value)) return "-";
  // So few units that any ratio is possible.
  if (!(low > 0) && !std::isfinite(high)) return fmt::format("{:.2f}{} [no interval yet]", value, unit);
  const int digits = interval_digits(low, high);
  const auto end = [&](double number) {
    return number > 0 && std::isfinite(number) ? fmt::format("{:.{}f}", number, digits) : std::string("?");
  };
  return fmt::format("{:.{}f}{} [{}, {}]", value, digits, unit, end(low), end(high));
}

void add_comparison_notes(const CandidateView& candidate, double margin, std::vector<std::string>& notes) {
  const auto& comparison = *candidate.comparison;
  if (!comparison.reasons.empty() && !candidate.failed()) {
    notes.push_back((comparison.ranked ? "" : "not ranked: ") + words(comparison.reasons));
  }
  if (!comparison.ranked) return;
  if (comparison.verdict == VerdictKind::Undecided) {
    notes.push_back(std::isnan(comparison.seconds_more)
                        ? "undecided: more time would hardly decide it"
                        : fmt::format("undecided: about {} more would probably decide it",
                                      base::format_seconds(std::max(1.0, comparison.seconds_more))));
  }
  if (comparison.needs_loads > 0) {
    notes.push_back(fmt::format("needs {} for a claim about the configuration",
                                plural(comparison.needs_loads, "more load")));
  }
  if (comparison.differs_within_margin) {
    notes.push_back(fmt::format("differs, but by less than the margin of {:g} %", 100 * margin));
  }
  if (comparison.floor_contradicts) notes.emplace_back("the fastest runs alone point the other way");
}

/// "p95 needs 72 samples, has 40", "p95, p99 need 72, 368 samples, have 40": one note, not one for each.
void add_blank_percentiles(const analysis::Summary& summary, std::vector<std::string>& notes) {
  std::vector<std::string> names, needs;
  results::Reason why;
  for (const auto& one : summary.percentiles) {
    if (one.why_blank.empty()) continue;
    names.push_back(percentile_name(one.p));
    if (one.why_blank.code == results::ReasonCode::FewSamples)
      needs.push_back(fmt::format("{:.0f}", one.why_blank.limit));
    why = one.why_blank;
  }
  if (names.empty()) return;
  const auto shown = base::join(names, ", ");
  if (needs.empty()) {
    notes.push_back(shown + (names.size() == 1 ? " is" : " are") + " blank: " + words(why));
  } else if (needs.size() == 1) {
    notes.push_back(shown + " " + words(why));
  } else {
    notes.push_back(
        fmt::format("{} need {} samples, have {}", shown, base::join(needs, ", "), summary.samples));
  }
}

/// Three digits, none behind the point from 100 on.
std::string three_digits(double value) {
  if (!std::isfinite(value)) return "-";
  return fmt::format("{:.{}f}", value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

}  // namespace

int interval_digits(double low, double high) {
  const auto are_enough = [&](int digits) {
    const auto text = [&](double number) { return fmt::format("{:.{}f}", number, digits); };
    return text(low) != text(high) && text(low) != text(1) && text(high) != text(1);
  };
  int digits = 2;
  while (digits < 4 && !are_enough(digits)) ++digits;
  return digits;
}

std::string model_name(const GroupView& group) {
  return group.group->workload.model + (group.synthetic_weights() ? " (synthetic weights)" : "");
}

std::string title(const GroupView& group) {
  const auto& workload = group.group->workload;
  std::string text = fmt::format("{}, batch {}", model_name(group), workload.batch_size);
  if (workload.sequence_length > 0) text += fmt::format(", sequence {}", workload.sequence_length);
  if (workload.scenario.kind == results::ScenarioKind::Generate) {
    text += fmt::format(", prompt of {}, {} generated", plural(workload.scenario.prompt_length, "token"),
                        workload.scenario.new_tokens);
  }
  for (const auto& [name, size] : workload.dims) text += fmt::format(", {} {}", name, size);
  if (!group.group->wave.empty()) text += ", wave " + group.group->wave;
  return text;
}

std::string counts(const GroupView& group) {
  const auto* summary = group.baseline().summary;
  for (const auto& candidate : group.candidates) {
    if (summary == nullptr) summary = candidate.summary;
  }
  if (summary == nullptr) return "nothing measured";
  return plural(summary->loads, "load") + ", " + plural(summary->rounds, "round");
}

std::string outcome(const results::Outcome& outcome) {
  return outcome.ok() ? results::to_text(outcome.kind) : words(results::reasons_of(outcome));
}

std::string truth(const results::TruthCheck& truth) {
  if (truth.verified && truth.passed) return "ok";
  if (truth.verified) return words({results::ReasonCode::WrongOutput, truth.reason});
  return words(truth.reason.empty() ? results::Reason(results::ReasonCode::NoReference) : truth.reason);
}

std::string disagreement(const CandidateView& candidate) {
  const auto* truth = candidate.truth;
  if (truth == nullptr || truth->classified_items == 0) return "-";
  const auto differ = std::llround(truth->disagreement * static_cast<double>(truth->classified_items));
  const auto counted = fmt::format("{} of {}", differ, truth->classified_items);
  return differ == 0 ? counted : counted + " (" + percent(truth->disagreement) + ")";
}

std::string speed_up(const CandidateView& candidate) {
  if (candidate.is_baseline()) return "1 (baseline)";
  return speed_up(analysis::printed_ratio(*candidate.comparison));
}

std::string speed_up(const analysis::Ratio& latency) {
  return interval(1 / latency.ratio, 1 / latency.high, 1 / latency.low, "x");
}

std::string latency_ratio(const analysis::Ratio& ratio) {
  return interval(ratio.ratio, ratio.low, ratio.high, "");
}

std::string verdict(const CandidateView& candidate) {
  if (candidate.failed()) return results::to_text(candidate.outcome->kind);
  if (candidate.is_baseline()) return "";
  const auto& comparison = *candidate.comparison;
  if (!comparison.ranked) return "not ranked";
  const bool says_level = comparison.these_loads_only && comparison.verdict != VerdictKind::Invalid;
  return std::string(results::to_text(comparison.verdict)) + (says_level ? " (these loads)" : "");
}

std::string TimeUnit::print(double value) const { return three_digits(value / nanoseconds); }

std::string rate(double per_second) { return three_digits(per_second); }

TimeUnit unit_of(double smallest_ns) {
  if (smallest_ns < 1e3) return {"ns", 1};
  if (smallest_ns < 1e6) return {"\xC2\xB5s", 1e3};
  return {"ms", 1e6};
}

TimeUnit unit_for(const GroupView& group) {
  double fastest = INFINITY;
  for (const auto& candidate : group.candidates) {
    if (candidate.summary != nullptr) fastest = std::fmin(fastest, candidate.summary->median_ns);
  }
  return unit_of(fastest);
}

const analysis::Percentile* percentile(const CandidateView& candidate, double p) {
  if (candidate.summary == nullptr) return nullptr;
  for (const auto& one : candidate.summary->percentiles) {
    if (std::fabs(one.p - p) < 1e-9) return &one;
  }
  return nullptr;
}

std::string percentile_name(double p) { return fmt::format("p{:g}", 100 * p); }

std::string percent(double share) {
  if (!std::isfinite(share)) return "-";
  const double percent = 100 * share;
  // Two significant digits, never an exponent.
  const int digits =
      percent > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(percent))), 0, 6) : 0;
  return fmt::format("{:.{}f} %", percent, digits);
}

std::string size(std::int64_t bytes) {
  return bytes > 0 ? base::format_bytes(static_cast<double>(bytes)) : "-";
}

std::vector<std::string> notes(const CandidateView& candidate, double margin) {
  std::vector<std::string> notes;
  if (candidate.failed() && candidate.summary != nullptr) notes.push_back(outcome(*candidate.outcome));
  if (candidate.comparison != nullptr) add_comparison_notes(candidate, margin, notes);
  // Where the comparison is not ranked, its reason says this already.
  const bool said = candidate.failed() || (!candidate.is_baseline() && !candidate.comparison->ranked);
  if (!said && candidate.truth != nullptr && !candidate.truth->passed)
    notes.push_back(truth(*candidate.truth));
  if (candidate.summary == nullptr) return notes;
  add_blank_percentiles(*candidate.summary, notes);
  if (candidate.summary->disturbed_rounds > 0) {
    notes.push_back(fmt::format("{} of {} rounds were disturbed and left out for all",
                                candidate.summary->disturbed_rounds,
                                candidate.summary->disturbed_rounds + candidate.summary->rounds));
  }
  if (const int unsteady = candidate.unsteady_loads(); unsteady > 0) {
    notes.push_back(fmt::format("not steady when the warm-up reached its cap: {} of {}", unsteady,
                                plural(static_cast<std::int64_t>(candidate.loads.size()), "load")));
  }
  return notes;
}

std::vector<SharedNote> shared_notes(const GroupView& group, double margin) {
  std::vector<SharedNote> shared;
  for (const auto& candidate : group.candidates) {
    for (auto& note : notes(candidate, margin)) {
      auto same =
          std::find_if(shared.begin(), shared.end(), [&](const auto& one) { return one.text == note; });
      if (same == shared.end()) same = shared.insert(shared.end(), {std::move(note), {}});
      same->labels.push_back(candidate.spec->label);
    }
  }
  return shared;
}

std::string who(const SharedNote& note, const GroupView& group) {
  const auto measured = static_cast<std::size_t>(std::count_if(
      group.candidates.begin(), group.candidates.end(), [](const auto& one) { return one.summary; }));
  return note.labels.size() == measured && measured > 1 ? "all" : base::join(note.labels, ", ");
}

std::vector<std::string> self_comparison(const GroupView& group) {
  const auto& self = group.analysis->self;
  const auto part = [](const analysis::Ratio& ratio, const std::string& what, const char* unit) {
    return fmt::format("{}: ratio {} over {}{}", what, latency_ratio(ratio), plural(ratio.units, unit),
                       ratio.verdict == VerdictKind::Invalid ? ": they differ, which must not be" : "");
  };
  std::vector<std::string> parts;
  if (self.second_label.units > 0) {
    parts.push_back(part(self.second_label, "A/A, the baseline under a second label", "round"));
  } else {
    parts.emplace_back("A/A: the baseline was not compared with itself");
  }
  if (self.has_second_process && self.second_process.units > 0) {
    parts.push_back(part(self.second_process, "A/A, a second process of the baseline",
                         group.load_sets.size() > 1 ? "fresh load" : "round"));
  }
  return parts;
}

std::string harness_cost(const GroupView& group) {
  if (group.harness == nullptr) return "our own cost: not measured";
  double largest_share = analysis::kNone;
  for (const auto& candidate : group.candidates) {
    if (candidate.summary != nullptr)
      largest_share = std::fmax(largest_share, candidate.summary->harness_share);
  }
  std::string text =
      fmt::format("our own cost: {} inside each timed sample", base::format_ns(group.harness->in_region_ns));
  if (std::isfinite(largest_share)) text += ", " + percent(largest_share) + " of the fastest";
  return text + fmt::format("; {} an iteration in all, not subtracted",
                            base::format_ns(group.harness->per_iteration_ns));
}

std::string stop(const GroupView& group) {
  if (group.stop == nullptr) return "not finished";
  return fmt::format("stopped: {}{} after {} of measuring",
                     group.stop->measurable ? "" : "not measurable: ", words(group.stop->reason),
                     base::format_seconds(static_cast<double>(group.stop->measuring_ns) / 1e9));
}

std::vector<std::string> warnings(const results::Experiment& experiment) {
  std::vector<std::string> all;
  if (experiment.interrupted) {
    all.push_back("interrupted: a partial report; resume with  inferometer resume " + short_id(experiment));
  } else if (!experiment.ended) {
    all.push_back("not finished: a partial report; resume with  inferometer resume " + short_id(experiment));
  }
  for (const auto& damage : experiment.damage) all.push_back("the record is damaged: " + damage);
  return all;
}

std::string machine(const results::Environment& environment) {
  std::string text = environment.cpu_model.empty() ? "unknown CPU" : environment.cpu_model;
  text += ", " + plural(environment.cpus, "CPU");
  if (environment.memory_bytes > 0) text += ", " + size(environment.memory_bytes);
  return text;
}

const char* mode_name(results::Mode mode) {
  switch (mode) {
    case results::Mode::Quick:
      return "quick";
    case results::Mode::Standard:
      return "standard";
    case results::Mode::Full:
      return "full";
  }
  return "";
}

std::string short_id(const results::Experiment& experiment) { return experiment.id.substr(0, 8); }

}  // namespace inferometer::report
