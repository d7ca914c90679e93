// The table of all candidates of the page.
#pragma once

#include <string>
#include <vector>

#include "report/core/view.h"

namespace inferometer::report::html {

/// Every candidate of every group, with the reason where one failed.
std::string candidates_table(const std::vector<GroupView>& groups);

}  // namespace inferometer::report::html
