// The building blocks of the page: figures, tables, what is folded away.
#pragma once

#include <string>
#include <vector>

#include "report/core/sheet.h"

namespace inferometer::report::html {

/// A chart with everything that makes it readable. `finding` and `method` may hold a stranger's text;
/// drawings and folded are markup.
struct Figure {
  std::string finding;                ///< its title: what it shows
  std::vector<std::string> drawings;  ///< several: small multiples on one x axis
  std::string legend;
  std::string method;  ///< its caption: how that was measured
  std::string folded;  ///< the same as a table
  std::string layout;  ///< class of the figure; "bars": words stand to the right of the plot
};
std::string figure(const Figure& figure);

struct LegendItem {
  std::string candidate;  ///< id, so that pointing at it lights the candidate in every chart
  std::size_t series;
  std::string label;
  std::string addition;  ///< "N = 1200"; may be empty
};
std::string legend(const std::vector<LegendItem>& items);

std::string entry(const Entry& entry);
/// Opens a region that scrolls sideways where what it holds is wider than the page.
std::string scrolled(const std::string& title);
/// Without its title.
std::string table(const Sheet& sheet);
/// A line to open, and what it opens.
std::string folded(const std::string& summary, const std::string& body);
/// The sheet under its title; empty without rows.
std::string folded(const Sheet& sheet);

}  // namespace inferometer::report::html
