// Tiny experiments for the tests of this module, made by hand.
#pragma once

#include <functional>
#include <string>

#include "analysis/analysis.h"
#include "results/experiment.h"

namespace inferometer::analysis {

/// Latency in ns of one run of a row in a round. Rounds of the second load set count from 100, and so on.
using Latency = std::function<double(const std::string& candidate, results::Role role, int round)>;

/// A group "g0" with the baseline c0 "onnxruntime" and `rivals` further candidates c1 "openvino", c2
/// "litert", c3 "torch", all with right outputs, on two CPUs. Nothing is measured yet.
results::Experiment experiment_of(results::Mode mode, int rivals = 1);

/// A load set of all candidates, the second label and (but in quick mode) the second process, quiet, with
/// `rounds` blocks of four equal samples each. It took one second.
results::LoadSet& add_load_set(results::Experiment& experiment, int rounds, const Latency& latency);
void add_load_sets(results::Experiment& experiment, int sets, int rounds, const Latency& latency);

/// 1 ms for the baseline and its copies, `ratio` times that for all others; every block is off by up to 0.3 %
/// in a pattern without trend, so that no interval is a point.
Latency rival_at(double ratio);

results::Load& load_of(results::LoadSet& set, const std::string& candidate,
                       results::Role role = results::Role::Candidate);

GroupAnalysis analyse_only_group(const results::Experiment& experiment);

/// The only comparison of a group with one rival.
Comparison only_comparison(const results::Experiment& experiment);

}  // namespace inferometer::analysis
