// bert_comparison_results.json: one result a configuration, with every sample behind it.
#pragma once

#include <string>

#include "report/core/input.h"

namespace inferometer::report {

std::string print_bert_json(const Input& input, const Style& style);

}  // namespace inferometer::report
