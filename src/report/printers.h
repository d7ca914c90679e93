// The printers behind the format table: one function, one file each.
#pragma once

#include <string>

#include "report/report.h"

namespace inferometer::report {

std::string print_table(const Input& input, const Style& style);
std::string print_markdown(const Input& input, const Style& style);
std::string print_html(const Input& input, const Style& style);
std::string print_json(const Input& input, const Style& style);
std::string print_csv(const Input& input, const Style& style);
std::string print_jsonl(const Input& input, const Style& style);
std::string print_bert_markdown(const Input& input, const Style& style);
std::string print_bert_json(const Input& input, const Style& style);

}  // namespace inferometer::report
