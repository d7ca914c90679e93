#include "report/guides/bert/bert.h"

#include "report/guides/bert/json.h"
#include "report/guides/bert/markdown.h"
#include "report/tables/rows.h"

namespace inferometer::report {
namespace {

constexpr const char* kSet = "bert";

/// The rows of every candidate of the suite's experiments of the guide.
std::string print_comparison(const Suite& suite) {
  return csv_of(suite_rows(suite, [](const SuitePart& part) { return part.experiment.plan.set == kSet; }));
}

}  // namespace

Guide bert_guide() {
  return {
      {{"bert-md", "bert_comparison_report.md", "the set bert: its tables and recommendations", kSet,
        print_bert_markdown},
       {"bert-json", "bert_comparison_results.json",
        "the same with every sample (schema/bert_comparison_results.schema.json)", kSet, print_bert_json}},
      {{"bert_comparison.csv", print_comparison}}};
}

}  // namespace inferometer::report
