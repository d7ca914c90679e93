#include "analysis/summary.h"

#include <algorithm>
#include <vector>

#include "statistics/moments.h"
#include "statistics/quantiles.h"

namespace inferometer::analysis {

using results::ReasonCode;

namespace {

// All blocks of a candidate taken together.
struct Totals {
  std::vector<double> samples_ns;        ///< per run
  std::vector<double> block_medians_ns;  ///< per run
  std::vector<double> first_token_ns;    ///< of every sample that generates
  std::vector<double> per_token_ns;      ///< mean of the tokens after the first, of every such sample
  double runs = 0;
  double wall_ns = 0;
  double cpu_ns = 0;
  double faults = 0;
  std::int64_t most_runs_per_sample = 1;
};

/// token_times_ns holds equally many of every sample, since its start.
void add_tokens(const results::Block& block, Totals& totals) {
  if (block.durations_ns.empty()) return;
  const auto tokens = block.token_times_ns.size() / block.durations_ns.size();
  for (std::size_t begin = 0; tokens > 0 && begin + tokens <= block.token_times_ns.size(); begin += tokens) {
    const auto first = static_cast<double>(block.token_times_ns[begin]);
    const auto last = static_cast<double>(block.token_times_ns[begin + tokens - 1]);
    totals.first_token_ns.push_back(first);
    if (tokens > 1) totals.per_token_ns.push_back((last - first) / static_cast<double>(tokens - 1));
  }
}

Totals totals_of(const std::vector<const MeasuredLoad*>& loads) {
  Totals totals;
  for (const auto* load : loads) {
    for (const auto& [round, median_ns] : load->median_ns) totals.block_medians_ns.push_back(median_ns);
    for (const auto* block : load->blocks) {
      const auto runs_per_sample = static_cast<double>(block->runs_per_sample);
      for (const auto duration_ns : block->durations_ns) {
        totals.samples_ns.push_back(static_cast<double>(duration_ns) / runs_per_sample);
      }
      add_tokens(*block, totals);
      totals.runs += runs_per_sample * static_cast<double>(block->durations_ns.size());
      totals.wall_ns += static_cast<double>(block->wall_ns);
      totals.cpu_ns += static_cast<double>(block->cpu_ns);
      totals.faults += static_cast<double>(block->minor_faults + block->major_faults);
      totals.most_runs_per_sample = std::max(totals.most_runs_per_sample, block->runs_per_sample);
    }
  }
  return totals;
}

Percentile percentile(const Totals& totals, double p) {
  Percentile result{.p = p, .plain_ns = statistics::quantile_type7(totals.samples_ns, p)};
  const auto samples = static_cast<std::int64_t>(totals.samples_ns.size());
  if (totals.most_runs_per_sample > 1) {
    result.why_blank = {ReasonCode::SamplesSpanRuns, "", static_cast<double>(totals.most_runs_per_sample)};
  } else if (samples < statistics::samples_needed(p)) {
    result.why_blank = {ReasonCode::FewSamples, "", static_cast<double>(samples),
                        static_cast<double>(statistics::samples_needed(p))};
  } else {
    // Beyond p95 Harrell-Davis leans on a handful of extremes as much as the order statistic does.
    result.value_ns = p <= 0.95 ? statistics::quantile_harrell_davis(totals.samples_ns, p) : result.plain_ns;
  }
  return result;
}

double median_over_loads(const std::vector<const MeasuredLoad*>& loads, std::int64_t results::Load::*field) {
  std::vector<double> values;
  for (const auto* load : loads) values.push_back(static_cast<double>(load->load->*field));
  return statistics::median(values);
}

void add_start_up(Summary& summary, const std::vector<const MeasuredLoad*>& loads) {
  summary.start_ns = median_over_loads(loads, &results::Load::start_ns);
  summary.load_ns = median_over_loads(loads, &results::Load::load_ns);
  summary.compile_ns = median_over_loads(loads, &results::Load::compile_ns);
  summary.first_run_ns = median_over_loads(loads, &results::Load::first_run_ns);
  summary.warm_up_ns = median_over_loads(loads, &results::Load::warm_up_ns);
  for (const auto* load : loads) {
    summary.peak_rss_bytes = std::max(summary.peak_rss_bytes, load->load->peak_rss_bytes);
  }
}

void add_latency(Summary& summary, const Totals& totals) {
  const auto& samples = totals.samples_ns;
  summary.runs = static_cast<std::int64_t>(totals.runs);
  summary.samples = static_cast<std::int64_t>(samples.size());
  summary.median_ns = statistics::median(totals.block_medians_ns);
  summary.first_token_ns = statistics::median(totals.first_token_ns);
  summary.per_token_ns = statistics::median(totals.per_token_ns);
  for (const double p : {0.5, 0.9, 0.95, 0.99}) summary.percentiles.push_back(percentile(totals, p));
  if (samples.empty()) return;
  summary.mean_ns = statistics::mean(samples);
  summary.deviation_ns = statistics::standard_deviation(samples);
  const auto [minimum, maximum] = std::minmax_element(samples.begin(), samples.end());
  summary.minimum_ns = *minimum;
  summary.maximum_ns = *maximum;
}

void add_cost(Summary& summary, const Totals& totals, const MeasuredGroup& group) {
  if (totals.runs > 0) {
    summary.cpu_ns_per_run = totals.cpu_ns / totals.runs;
    summary.faults_per_run = totals.faults / totals.runs;
  }
  if (totals.wall_ns > 0) {
    const auto batch = static_cast<double>(group.group.workload.batch_size);
    summary.throughput_per_second = batch * totals.runs / (totals.wall_ns / 1e9);
    summary.cpu_mean = totals.cpu_ns / totals.wall_ns;
  }
  for (const auto& cost : group.experiment.harness_costs) {
    if (cost.group != group.group.id) continue;
    const auto per_run_ns = cost.in_region_ns / static_cast<double>(totals.most_runs_per_sample);
    summary.harness_share = per_run_ns / summary.median_ns;
  }
}

}  // namespace

double floor_ns(const MeasuredGroup& group, const std::string& candidate) {
  std::vector<double> minima;
  for (const auto* load : loads_of(group, candidate)) {
    for (const auto* block : load->blocks) {
      const auto minimum = *std::min_element(block->durations_ns.begin(), block->durations_ns.end());
      minima.push_back(static_cast<double>(minimum) / static_cast<double>(block->runs_per_sample));
    }
  }
  return statistics::quantile_type7(minima, 0.05);
}

Summary summarize(const MeasuredGroup& group, const results::CandidateSpec& spec) {
  const auto loads = loads_of(group, spec.id);
  const Totals totals = totals_of(loads);
  Summary summary;
  summary.candidate = spec.id;
  summary.loads = static_cast<int>(loads.size());
  for (const auto* load : loads) {
    summary.rounds += static_cast<int>(load->blocks.size());
    summary.disturbed_rounds += static_cast<int>(load->load->blocks.size() - load->blocks.size());
  }
  add_latency(summary, totals);
  summary.floor_ns = floor_ns(group, spec.id);
  add_cost(summary, totals, group);
  summary.run_delay_share = run_delay_share(group, spec.id).total;
  add_start_up(summary, loads);
  return summary;
}

}  // namespace inferometer::analysis
