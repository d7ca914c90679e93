// The parts of the page; not for other formats.
#pragma once

#include <string>
#include <vector>

#include "report/view.h"

namespace inferometer::report::html {

extern const char* const kStyle;  ///< CSS: light and dark, wide and narrow, screen and paper
extern const char* const
    kScript;  ///< sorts tables and lights a candidate everywhere; the page is whole without it

/// Every candidate of every group, with the reason where one failed.
std::string candidates_table(const std::vector<GroupView>& groups);

}  // namespace inferometer::report::html
