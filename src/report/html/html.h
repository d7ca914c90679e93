// The whole report as one page for a browser, without any other file.
#pragma once

#include <string>

#include "report/core/input.h"

namespace inferometer::report {

std::string print_html(const Input& input, const Style& style);

}  // namespace inferometer::report
