// consolidated_report.md: all experiments of a suite on one page.
#pragma once

#include <string>

#include "report/core/suite.h"

namespace inferometer::report {

std::string print_consolidated(const Suite& suite);

}  // namespace inferometer::report
