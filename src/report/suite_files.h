// The files about all experiments of a suite together.
#pragma once

#include <vector>

#include "report/core/suite.h"

namespace inferometer::report {

/// Our own, then those of every guide.
const std::vector<SuiteFile>& suite_files();

}  // namespace inferometer::report
