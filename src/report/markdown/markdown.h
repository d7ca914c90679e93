// The whole report as one Markdown file.
#pragma once

#include <string>

#include "report/core/input.h"

namespace inferometer::report {

std::string print_markdown(const Input& input, const Style& style);

}  // namespace inferometer::report
