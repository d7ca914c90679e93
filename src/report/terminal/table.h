// The report for a terminal.
#pragma once

#include <string>

#include "report/core/input.h"

namespace inferometer::report {

std::string print_table(const Input& input, const Style& style);

}  // namespace inferometer::report
