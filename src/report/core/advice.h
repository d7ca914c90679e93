// What to deploy for which use, in words: the same for every format.
#pragma once

#include <string>
#include <vector>

#include "report/core/sheet.h"
#include "select/select.h"

namespace inferometer::report {

/// "What to deploy: minilm, batch 1, sequence 128": use, chosen candidate, runner-up, why. No row where
/// nobody may be recommended.
Sheet advice_sheet(const std::vector<GroupView>& groups, const select::Advice& advice);
/// "p95 4.00 ms (runner-up 5.73 ms); latency ratio to it 0.70 [0.69, 0.71], across 11 fresh loads".
std::string advice_why(const std::vector<GroupView>& groups, const select::Advice& advice,
                       const select::Recommendation& choice);
/// "tflite_int8: wrong output: ...": who is left out, and why.
std::vector<std::string> exclusions(const std::vector<GroupView>& groups, const select::Advice& advice);
/// Whom the choice is made from, and the rule of each use.
std::vector<std::string> advice_rules();

}  // namespace inferometer::report
