// One experiment and its analysis, made by hand, that have everything a report can hold.
#pragma once

#include <string>

#include "analysis/analysis.h"
#include "report/report.h"
#include "results/experiment.h"

namespace inferometer::report {

/// Group g0: a baseline, a faster, an undecided, a failed, a wrong and an unverified candidate. Group g1:
/// synthetic weights, a verdict on these loads. Group g2: invalid and not finished. Two skipped cells;
/// interrupted; damaged.
results::Experiment test_experiment();
analysis::Analysis test_analysis();

/// In that format, with the advice that follows from the two.
std::string printed(const std::string& format, const results::Experiment& experiment,
                    const analysis::Analysis& analysis, const Style& style = {});

/// The same with this name in every text that a stranger can choose.
results::Experiment hostile_experiment(const std::string& name);

/// Group g0 alone with so many candidates.
results::Experiment crowded_experiment(int candidates);
analysis::Analysis crowded_analysis(int candidates);

}  // namespace inferometer::report
