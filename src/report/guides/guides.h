// The guides whose files we can write in their own shape. A guide is one folder here and one row of the
// table.
#pragma once

#include <vector>

#include "report/core/input.h"
#include "report/core/suite.h"

namespace inferometer::report {

struct Guide {
  std::vector<Format> formats;         ///< of one experiment
  std::vector<SuiteFile> suite_files;  ///< of all experiments of a suite
};

const std::vector<Guide>& guides();

}  // namespace inferometer::report
