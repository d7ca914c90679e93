#include "report/markdown/text.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace inferometer::report::markdown {
namespace {

constexpr std::size_t kLongestText = 1000;

std::size_t longest_run_of_backticks(const std::string& text) {
  std::size_t longest = 0, run = 0;
  for (const char letter : text) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string plain(const std::string& text) {
  std::string shown;
  for (const char letter : base::printable(text, kLongestText)) {
    if (std::string_view("\\`*_[]<>|&~#!").find(letter) != std::string_view::npos) shown += '\\';
    shown += letter;
  }
  return shown;
}

std::string code(const std::string& text) {
  const std::string shown = base::printable(text, kLongestText);
  const std::string fence(longest_run_of_backticks(shown) + 1, '`');
  return fence.size() > 1 ? fence + " " + shown + " " + fence : fence + shown + fence;
}

std::string code_cell(const std::string& text) {
  return text.find('|') == std::string::npos ? code(text) : plain(text);
}

std::string code_block(const std::string& text) {
  const std::string fence(std::max<std::size_t>(3, longest_run_of_backticks(text) + 1), '`');
  std::string block = fence + "\n";
  for (const auto& line : base::split(text, '\n')) block += base::printable(line) + "\n";
  return block + fence + "\n";
}

std::string row(const std::vector<std::string>& cells) { return "| " + base::join(cells, " | ") + " |\n"; }

std::string head(const std::vector<std::string>& titles) {
  return row(titles) + row(std::vector<std::string>(titles.size(), "---"));
}

std::string bullets(const std::vector<std::string>& sentences) {
  std::string text;
  for (const auto& sentence : sentences) text += "- " + plain(sentence) + "\n";
  return text;
}

}  // namespace inferometer::report::markdown
