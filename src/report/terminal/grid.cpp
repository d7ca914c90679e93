#include "report/terminal/grid.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace inferometer::report {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastFirstColumn = 16;  ///< below that labels cannot be distinguished

const char* escape_of(Ink ink) {
  switch (ink) {
    case Ink::Good:
      return "\x1b[32m";
    case Ink::Bad:
      return "\x1b[31m";
    case Ink::Doubtful:
      return "\x1b[33m";
    case Ink::Strong:
      return "\x1b[1m";
    case Ink::Plain:
      break;
  }
  return "";
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t taken = display_width(text);
  const std::string blanks(width > taken ? width - taken : 0, ' ');
  return right ? blanks + text : text + blanks;
}

void end_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

}  // namespace

std::string paint(const std::string& text, Ink ink, const Style& style) {
  if (!style.colour || ink == Ink::Plain || text.empty()) return text;
  return escape_of(ink) + text + "\x1b[0m";
}

std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string wrap(const std::string& text, const Style& style, const Margins& margins) {
  const auto width = static_cast<std::size_t>(std::max(20, style.width));
  std::string out;
  std::string line = margins.first;
  bool fresh = true;
  for (const auto& word : base::split(text, ' ')) {
    if (!fresh && display_width(line) + 1 + display_width(word) > width) {
      end_line(out, line);
      line = margins.next;
      fresh = true;
    }
    line += (fresh ? "" : " ") + word;
    fresh = false;
  }
  end_line(out, line);
  return out;
}

std::string clip(const std::string& text, std::size_t width) {
  const std::size_t taken = display_width(text);
  if (taken <= width || width < 4) return text;
  const std::size_t head = (width - 2) / 2;
  const std::size_t tail_begin = taken - (width - 2 - head);
  std::string clipped;
  std::size_t place = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && place++ == head) clipped += "..";
    if (place <= head || place > tail_begin) clipped += text[i];
  }
  return clipped;
}

Grid::Layout Grid::layout_for(std::size_t room) const {
  Layout layout;
  for (const auto& column : columns_) layout.widths.push_back(display_width(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      layout.widths[i] = std::max(layout.widths[i], display_width(row.cells[i].text));
    }
  }
  auto& shown = layout.shown;
  shown.resize(columns_.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  const auto needed = [&] {
    return std::accumulate(shown.begin(), shown.end(), kIndent - kGap,
                           [&](std::size_t sum, std::size_t i) { return sum + layout.widths[i] + kGap; });
  };
  while (needed() > room) {
    const auto first = std::max_element(shown.begin(), shown.end(), [&](std::size_t a, std::size_t b) {
      return columns_[a].dropped_at < columns_[b].dropped_at;
    });
    if (columns_[*first].dropped_at == 0) break;
    shown.erase(first);
  }
  if (const std::size_t wanted = needed(); wanted > room) {
    const std::size_t least = std::min(kLeastFirstColumn, layout.widths[0]);
    layout.widths[0] -= std::min(wanted - room, layout.widths[0] - least);
  }
  return layout;
}

std::string Grid::print_row(const Row& row, const Layout& layout, const Style& style) const {
  std::string line(kIndent, ' ');
  for (const std::size_t i : layout.shown) {
    if (i >= row.cells.size()) break;
    const std::string shown = clip(row.cells[i].text, layout.widths[i]);
    std::string text = padded(shown, layout.widths[i], columns_[i].right);
    // Paint the words, not the blanks around them.
    text.replace(text.find(shown), shown.size(), paint(shown, row.cells[i].ink, style));
    line += text + std::string(kGap, ' ');
  }
  std::string out;
  if (row.cells.size() == columns_.size()) {
    end_line(out, line);
    return out;
  }
  const std::string hanging(kIndent + layout.widths[0] + kGap, ' ');
  out = wrap(row.spanning.text, style, {hanging, hanging});
  return line + paint(out.substr(hanging.size(), out.size() - hanging.size() - 1), row.spanning.ink, style) +
         "\n";
}

std::string Grid::print(const Style& style) const {
  const Layout layout = layout_for(static_cast<std::size_t>(std::max(0, style.width)));
  const auto& kept = layout.shown;
  Row head{{}, {}};
  for (const auto& column : columns_) head.cells.push_back({column.title});
  std::string out = print_row(head, layout, style);
  for (const auto& row : rows_) out += print_row(row, layout, style);
  std::vector<std::string> hidden;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (std::find(kept.begin(), kept.end(), i) == kept.end()) hidden.push_back(columns_[i].title);
  }
  if (!hidden.empty()) {
    const std::string indent(kIndent, ' ');
    out += wrap("(a wider terminal shows " + base::join(hidden, ", ") + ")", style, {indent, indent});
  }
  return out;
}

}  // namespace inferometer::report
