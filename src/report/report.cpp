#include "report/report.h"

#include "base/error.h"
#include "base/text.h"
#include "report/printers.h"

namespace inferometer::report {

const std::vector<Format>& formats() {
  static const std::vector<Format> table = {
      {"table", "", "for a terminal", "", print_table},
      {"md", "report.md", "Markdown: everything, for people", "", print_markdown},
      {"html", "report.html", "one page for a browser: charts and everything else", "", print_html},
      {"json", "results.json", "everything, for programs (schema/results.schema.json)", "", print_json},
      {"csv", "results.csv", "one row a candidate, for spreadsheets", "", print_csv},
      {"jsonl", "results.jsonl", "one object a candidate", "", print_jsonl},
      {"bert-md", "bert_comparison_report.md", "the set bert: its tables and recommendations", "bert",
       print_bert_markdown},
      {"bert-json", "bert_comparison_results.json",
       "the same with every sample (schema/bert_comparison_results.schema.json)", "bert", print_bert_json},
  };
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

bool tells_of(const Format& format, const std::string& set) {
  return *format.set == '\0' || set == format.set;
}

}  // namespace inferometer::report
