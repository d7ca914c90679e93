// bert_comparison_report.md: the tables that people know from the BERT guide, with what was measured here.
#pragma once

#include <string>

#include "report/core/input.h"

namespace inferometer::report {

std::string print_bert_markdown(const Input& input, const Style& style);

}  // namespace inferometer::report
