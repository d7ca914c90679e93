// Aligned columns for a terminal: as wide as it is, coloured where asked, and the same words without colour.
#pragma once

#include <string>
#include <vector>

#include "report/core/input.h"

namespace inferometer::report {

enum class Ink { Plain, Good, Bad, Doubtful, Strong };

/// `text` in that colour, or as it is.
std::string paint(const std::string& text, Ink ink, const Style& style);

/// The middle of a text that is wider than `width` becomes "..".
std::string clip(const std::string& text, std::size_t width);

/// Columns a text takes: code points, since continuation bytes of UTF-8 take none.
std::size_t display_width(const std::string& text);

/// What comes before the first line of a wrapped text and before those after it.
struct Margins {
  std::string first;
  std::string next;
};

/// Breaks at spaces so that no line is wider than the terminal, where its words allow. Ends with a newline.
std::string wrap(const std::string& text, const Style& style, const Margins& margins = {});

struct Column {
  std::string title;
  bool right = false;
  int dropped_at = 0;  ///< 0: never; where the terminal is too narrow, higher ones go first
};

struct Cell {
  std::string text;
  Ink ink = Ink::Plain;
};

class Grid {
 public:
  explicit Grid(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell for each column.
  void row(std::vector<Cell> cells) { rows_.push_back({std::move(cells), {}}); }
  /// The first column, then one text across all others.
  void spanning_row(Cell first, Cell text) { rows_.push_back({{std::move(first)}, std::move(text)}); }
  std::string print(const Style& style) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    Cell spanning;
  };
  /// Which columns are printed, and how wide each of all columns is.
  struct Layout {
    std::vector<std::size_t> shown;
    std::vector<std::size_t> widths;
  };
  Layout layout_for(std::size_t room) const;
  std::string print_row(const Row& row, const Layout& layout, const Style& style) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace inferometer::report
