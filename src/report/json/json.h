// The whole report for programs: schema/results.schema.json.
#pragma once

#include <string>

#include "report/core/input.h"

namespace inferometer::report {

std::string print_json(const Input& input, const Style& style);

}  // namespace inferometer::report
