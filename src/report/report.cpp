#include "report/report.h"

#include "base/error.h"
#include "base/text.h"
#include "report/guides/guides.h"
#include "report/html/html.h"
#include "report/json/json.h"
#include "report/markdown/markdown.h"
#include "report/tables/rows.h"
#include "report/terminal/table.h"

namespace inferometer::report {
namespace {

std::vector<Format> all_formats() {
  std::vector<Format> table = {
      {"table", "", "for a terminal", "", print_table},
      {"md", "report.md", "Markdown: everything, for people", "", print_markdown},
      {"html", "report.html", "one page for a browser: charts and everything else", "", print_html},
      {"json", "results.json", "everything, for programs (schema/results.schema.json)", "", print_json},
      {"csv", "results.csv", "one row a candidate, for spreadsheets", "", print_csv},
      {"jsonl", "results.jsonl", "one object a candidate", "", print_jsonl},
  };
  for (const auto& guide : guides()) table.insert(table.end(), guide.formats.begin(), guide.formats.end());
  return table;
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> table = all_formats();
  return table;
}

const Format& format(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& one : formats()) {
    if (name == one.name) return one;
    known.emplace_back(one.name);
  }
  throw base::UserError(base::unknown_word("format", name, known));
}

bool prints_set(const Format& format, const std::string& set) {
  return *format.set == '\0' || set == format.set;
}

}  // namespace inferometer::report
