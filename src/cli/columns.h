// Aligned columns for the commands that print lists.
#pragma once

#include <string>
#include <vector>

namespace inferometer::cli {

/// One line a row, cells of a column padded to the widest, two blanks between columns, nothing after the
/// last.
std::string columns(const std::vector<std::vector<std::string>>& rows, const std::string& indent = "");

}  // namespace inferometer::cli
