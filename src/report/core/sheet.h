// The tables of a report before any markup, so that every format for people shows the same rows.
#pragma once

#include <string>
#include <vector>

#include "report/core/view.h"

namespace inferometer::report {

struct Entry {
  enum class Kind {
    Own,   ///< our own words and numbers: safe in every markup
    Name,  ///< may be a stranger's text
    Code,  ///< a stranger's, to be copied: a command, a hash
  };
  std::string text;
  Kind kind = Kind::Own;
};

struct Sheet {
  std::string title;                 ///< empty: it has no title
  std::vector<std::string> columns;  ///< empty strings: pairs of a fact and its value
  std::vector<std::vector<Entry>> rows;
  std::string note;  ///< how to read it; may be empty
};

/// Latency ratios to the baseline at both levels; no row where there is nothing to compare.
Sheet ratios_sheet(const GroupView& group);
/// Outputs against the reference.
Sheet truth_sheet(const GroupView& group);
Sheet percentiles_sheet(const GroupView& group);
/// Loading, and what really ran.
Sheet phases_sheet(const GroupView& group);
Sheet skipped_sheet(const results::Plan& plan);
Sheet artefacts_sheet(const results::Experiment& experiment);
Sheet method_sheet(const Input& input, const std::vector<GroupView>& groups);
Sheet environment_sheet(const results::Environment& environment);

}  // namespace inferometer::report
