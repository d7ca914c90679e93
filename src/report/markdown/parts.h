// The parts that every report in Markdown has.
#pragma once

#include <string>
#include <vector>

#include "report/core/sheet.h"
#include "select/select.h"

namespace inferometer::report::markdown {

/// Without its title.
std::string sheet_rows(const Sheet& sheet);
/// Under a heading of that level ("##"), with its note; empty without rows.
std::string sheet_text(const char* level, const Sheet& sheet);

/// What must be read with the numbers, one bullet a note.
std::string notes_list(const GroupView& group, double margin);
std::string trust_text(const GroupView& group);
/// What to deploy for which use, and who is left out, under a heading of that level for each model; in the
/// end the rules. Empty: there is no advice.
std::string advice_text(const char* level, const std::vector<GroupView>& groups,
                        const std::vector<select::Advice>& all);
/// Every candidate that failed, with the reason, the command and its last lines; empty: none did.
std::string failures_text(const std::vector<GroupView>& groups);

}  // namespace inferometer::report::markdown
