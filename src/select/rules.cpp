#include "select/rules.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

namespace inferometer::select {
namespace {

using analysis::Pair;
using results::ReasonCode;
using results::VerdictKind;

constexpr double kAlike = 1.05;  // sizes that no deployment depends on

/// Smaller is better; blank: not known.
using Value = std::function<double(const Entrant&)>;

double percentile_ns(const Entrant& entrant, double p) {
  for (const auto& one : entrant.summary->percentiles) {
    if (std::fabs(one.p - p) < 1e-9) return one.value_ns;
  }
  return analysis::kNone;
}

double largest_error(const Entrant& entrant) {
  return entrant.truth != nullptr && entrant.truth->verified ? entrant.truth->max_rel_error : analysis::kNone;
}

double size_bytes(const Entrant& entrant) {
  const bool known = entrant.artefact != nullptr && entrant.artefact->size_bytes > 0;
  return known ? static_cast<double>(entrant.artefact->size_bytes) : analysis::kNone;
}

double peak_memory_bytes(const Entrant& entrant) {
  const auto bytes = static_cast<double>(entrant.summary->peak_rss_bytes);
  return bytes > 0 ? bytes : analysis::kNone;
}

double cpu_ns_per_item(const Entrant& entrant) {
  const double run_ns = entrant.summary->cpu_ns_per_run;
  return run_ns > 0 ? run_ns / static_cast<double>(entrant.group->workload.batch_size) : analysis::kNone;
}

Pair pair(const Pool& pool, const Entrant& a, const Entrant& b) {
  return analysis::compare_rivals(*a.analysis, a.spec->id, b.spec->id, pool.margin);
}

bool is_certainly_slower(const Pool& pool, const Entrant& entrant, const std::vector<Entrant>& rivals) {
  return std::any_of(rivals.begin(), rivals.end(), [&](const Entrant& rival) {
    return rival.spec != entrant.spec && pair(pool, entrant, rival).latency.verdict == VerdictKind::Slower;
  });
}

Contender contender(const Entrant& entrant, double value) {
  return {entrant.group->id, entrant.spec->id, value};
}

/// The known ones, best first.
std::vector<Entrant> by_value(std::vector<Entrant> entrants, const Value& value) {
  std::erase_if(entrants, [&](const Entrant& one) { return std::isnan(value(one)); });
  std::stable_sort(entrants.begin(), entrants.end(),
                   [&](const Entrant& a, const Entrant& b) { return value(a) < value(b); });
  return entrants;
}

ReasonCode why_no_interval(const Pool& pool, const Entrant& a, const Entrant& b) {
  if (a.group != b.group) return ReasonCode::BatchesNotCompared;
  if (pair(pool, a, b).latency.units == 0) return ReasonCode::NoCommonInterval;
  return ReasonCode::NoCpuTimeInterval;
}

/// Chosen and runner-up, with what the interval between them says.
void set_pair(const Pool& pool, const Entrant& chosen, const Entrant& runner_up, Recommendation& choice) {
  const Pair both = pair(pool, chosen, runner_up);
  choice.difference = choice.use == Use::Server ? both.cpu_time : both.latency;
  choice.these_loads_only = both.these_loads_only;
  choice.needs_loads = both.needs_loads;
}

/// For measures that have an interval.
void judge(const Pool& pool, const Entrant& chosen, const Entrant& runner_up, Recommendation& choice) {
  set_pair(pool, chosen, runner_up, choice);
  if (choice.difference.units == 0) {
    choice.no_claim = why_no_interval(pool, chosen, runner_up);
    return;
  }
  switch (choice.difference.verdict) {
    case VerdictKind::Faster:
      choice.basis = Basis::Interval;
      break;
    case VerdictKind::Equivalent:
      choice.no_claim = {ReasonCode::WithinMargin, "", analysis::kNone, pool.margin};
      break;
    case VerdictKind::Slower:
      choice.no_claim = ReasonCode::PointsOtherWay;
      break;
    case VerdictKind::Undecided:
    case VerdictKind::Invalid:
      choice.no_claim = choice.difference.low > 0 || std::isfinite(choice.difference.high)
                            ? ReasonCode::HoldsOne
                            : ReasonCode::FewRounds;
      break;
  }
}

/// `measure` and `value` order `entrants`; the interval of the first two is judged.
Recommendation first_of(const Pool& pool, Recommendation choice, const std::vector<Entrant>& ordered,
                        const Value& value) {
  if (ordered.empty()) {
    choice.no_claim = {ReasonCode::NotKnownOfAny, to_text(choice.measure)};
    return choice;
  }
  choice.chosen = contender(ordered[0], value(ordered[0]));
  if (ordered.size() == 1) {
    choice.no_claim = ReasonCode::NobodyElseEligible;
    return choice;
  }
  choice.runner_up = contender(ordered[1], value(ordered[1]));
  judge(pool, ordered[0], ordered[1], choice);
  return choice;
}

Recommendation choose_latency(const Pool& pool) {
  const auto entrants = pool.smallest_batch();
  Recommendation choice{.use = Use::Latency};
  Value value = [](const Entrant& one) { return one.summary->median_ns; };
  for (const auto& [measure, p] : {std::pair{Measure::P99, 0.99}, {Measure::P95, 0.95}}) {
    const bool all_have_it = std::none_of(entrants.begin(), entrants.end(), [p = p](const auto& one) {
      return std::isnan(percentile_ns(one, p));
    });
    if (!all_have_it) continue;
    choice.measure = measure;
    value = [p = p](const Entrant& one) { return percentile_ns(one, p); };
    break;
  }
  const auto ordered = by_value(entrants, value);
  std::vector<Entrant> fast, slow;
  for (const auto& one : ordered) (is_certainly_slower(pool, one, ordered) ? slow : fast).push_back(one);
  auto in_order = fast;
  in_order.insert(in_order.end(), slow.begin(), slow.end());
  choice = first_of(pool, std::move(choice), in_order, value);
  if (!slow.empty() && value(slow[0]) < choice.chosen.value)
    choice.overruled = contender(slow[0], value(slow[0]));
  return choice;
}

/// The best of another configuration than the first is the runner-up: the same one at another batch size is
/// no rival.
std::vector<Entrant> best_of_each_configuration(const std::vector<Entrant>& ordered) {
  std::vector<Entrant> best;
  for (const auto& one : ordered) {
    const bool seen = std::any_of(best.begin(), best.end(), [&](const Entrant& other) {
      return other.group != one.group && other.spec->configuration == one.spec->configuration;
    });
    if (!seen) best.push_back(one);
  }
  return best;
}

Recommendation choose_throughput(const Pool& pool) {
  // The lowest time an item is the highest throughput.
  const Value negative = [](const Entrant& one) { return -one.summary->throughput_per_second; };
  const Value value = [](const Entrant& one) { return one.summary->throughput_per_second; };
  return first_of(pool, {.use = Use::Throughput, .measure = Measure::Throughput},
                  best_of_each_configuration(by_value(pool.entrants, negative)), value);
}

Recommendation choose_server(const Pool& pool) {
  return first_of(pool, {.use = Use::Server, .measure = Measure::CpuTime},
                  best_of_each_configuration(by_value(pool.entrants, cpu_ns_per_item)), cpu_ns_per_item);
}

Recommendation choose_development(const Pool& pool) {
  const auto entrants = pool.smallest_batch();
  Recommendation choice{.use = Use::Development, .measure = Measure::LargestError};
  auto ordered = by_value(entrants, largest_error);
  const auto baseline =
      std::find_if(entrants.begin(), entrants.end(), [](const Entrant& one) { return one.is_baseline(); });
  if (baseline != entrants.end()) {
    const Entrant first = *baseline;
    choice.measure = Measure::Baseline;
    std::erase_if(ordered, [&](const Entrant& one) { return one.spec == first.spec; });
    ordered.insert(ordered.begin(), first);
  }
  const auto value = [&](const Entrant& one) {
    return choice.measure == Measure::Baseline ? analysis::kNone : largest_error(one);
  };
  choice = first_of(pool, std::move(choice), ordered, value);
  if (choice.runner_up.candidate.empty()) return choice;
  choice.basis = Basis::Fact;
  choice.no_claim = {};
  return choice;
}

/// How many of `ordered`, best first, are no more than kAlike times the first.
std::ptrdiff_t count_alike(std::span<const Entrant> ordered, const Value& value) {
  return std::count_if(ordered.begin(), ordered.end(),
                       [&](const Entrant& one) { return value(one) <= kAlike * value(ordered.front()); });
}

Recommendation choose_edge(const Pool& pool) {
  // What is unknown comes last.
  const Value memory = [](const Entrant& one) { return std::fmin(peak_memory_bytes(one), INFINITY); };
  const Value median = [](const Entrant& one) { return std::fmin(one.summary->median_ns, INFINITY); };
  const auto sort_first = [](std::vector<Entrant>& entrants, std::ptrdiff_t count, const Value& value) {
    std::stable_sort(entrants.begin(), entrants.begin() + count,
                     [&](const Entrant& a, const Entrant& b) { return value(a) < value(b); });
  };
  auto ordered = by_value(pool.smallest_batch(), size_bytes);
  const auto of_one_size = count_alike(ordered, size_bytes);
  sort_first(ordered, of_one_size, memory);
  const auto of_one_memory = count_alike(std::span(ordered).first(of_one_size), memory);
  sort_first(ordered, of_one_memory, median);
  Recommendation choice{.use = Use::Edge, .measure = Measure::Size};
  if (of_one_memory > 1) {
    choice.measure = Measure::Median;
    return first_of(pool, std::move(choice), ordered, median);
  }
  const bool by_memory = of_one_size > 1;
  if (by_memory) choice.measure = Measure::PeakMemory;
  choice = first_of(pool, std::move(choice), ordered, by_memory ? peak_memory_bytes : size_bytes);
  if (choice.runner_up.candidate.empty()) return choice;
  choice.basis = by_memory ? Basis::NoClaim : Basis::Fact;
  choice.no_claim = by_memory ? results::Reason(ReasonCode::PeakMemoryOnly) : results::Reason();
  return choice;
}

}  // namespace

Recommendation choose(Use use, const Pool& pool) {
  switch (use) {
    case Use::Latency:
      return choose_latency(pool);
    case Use::Throughput:
      return choose_throughput(pool);
    case Use::Development:
      return choose_development(pool);
    case Use::Edge:
      return choose_edge(pool);
    case Use::Server:
      return choose_server(pool);
  }
  return {};
}

}  // namespace inferometer::select
