#include "select/select.h"

#include <algorithm>

#include "select/rules.h"

namespace inferometer::select {
namespace {

bool differ_in_batch_only(const results::Workload& a, const results::Workload& b) {
  return a.model == b.model && a.sequence_length == b.sequence_length && a.dims == b.dims;
}

std::vector<Pool> pools_of(const results::Plan& plan) {
  std::vector<Pool> pools;
  for (const auto& group : plan.groups) {
    auto same = std::find_if(pools.begin(), pools.end(), [&](const Pool& pool) {
      return differ_in_batch_only(pool.groups.front()->workload, group.workload);
    });
    if (same == pools.end()) same = pools.insert(pools.end(), Pool{.margin = plan.effort.margin});
    same->groups.push_back(&group);
  }
  for (auto& pool : pools) {
    std::stable_sort(pool.groups.begin(), pool.groups.end(), [](const auto* a, const auto* b) {
      return a->workload.batch_size < b->workload.batch_size;
    });
  }
  return pools;
}

bool has_rivals(const Pool& pool) {
  return std::any_of(pool.groups.begin(), pool.groups.end(),
                     [](const auto* group) { return group->candidates.size() > 1; });
}

}  // namespace

const char* to_text(Use use) {
  switch (use) {
    case Use::Latency:
      return "latency-critical";
    case Use::Throughput:
      return "throughput-critical";
    case Use::Development:
      return "development";
    case Use::Edge:
      return "edge";
    case Use::Server:
      return "server";
  }
  return "";
}

const char* rule(Use use) {
  switch (use) {
    case Use::Latency:
      return "at the smallest batch size, the lowest p99 (p95, then the median, where the samples do not "
             "carry it for all) among those whose latency is not certainly higher than another's";
    case Use::Throughput:
      return "the most items a second over all batch sizes; the runner-up is the best of another "
             "configuration";
    case Use::Development:
      return "the baseline, which all others are held against; where it may not be recommended, the one "
             "whose outputs are nearest to the reference";
    case Use::Edge:
      return "at the smallest batch size, the smallest artefact; up to 5 % more counts as equal, then the "
             "lowest peak memory decides, and where that is within 5 % too, the median latency";
    case Use::Server:
      return "the least CPU time an item over all batch sizes: it decides how many items a machine full of "
             "requests can serve";
  }
  return "";
}

const char* to_text(Measure measure) {
  switch (measure) {
    case Measure::P99:
      return "p99";
    case Measure::P95:
      return "p95";
    case Measure::Median:
      return "median";
    case Measure::Throughput:
      return "throughput";
    case Measure::Baseline:
      return "baseline";
    case Measure::LargestError:
      return "largest error";
    case Measure::Size:
      return "size";
    case Measure::PeakMemory:
      return "peak memory";
    case Measure::CpuTime:
      return "CPU time";
  }
  return "";
}

std::vector<Advice> advise(const results::Experiment& experiment, const analysis::Analysis& analysis) {
  std::vector<Advice> all;
  for (auto& pool : pools_of(experiment.plan)) {
    if (!has_rivals(pool)) continue;
    enter(experiment, analysis, pool);
    Advice advice;
    for (const auto* group : pool.groups) advice.groups.push_back(group->id);
    for (const auto use : {Use::Latency, Use::Throughput, Use::Development, Use::Edge, Use::Server}) {
      if (pool.entrants.empty()) {
        advice.recommendations.push_back({.use = use, .no_claim = results::ReasonCode::NobodyEligible});
      } else {
        advice.recommendations.push_back(choose(use, pool));
      }
    }
    advice.excluded = std::move(pool.excluded);
    all.push_back(std::move(advice));
  }
  return all;
}

}  // namespace inferometer::select
