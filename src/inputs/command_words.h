// Pieces of the lines that messages tell the user to type.
#pragma once

#include <string>

namespace inferometer::inputs {

/// As a shell takes it: "height=N" as it is, "'?0=N'" in quotes.
std::string quoted_argument(const std::string& argument);

}  // namespace inferometer::inputs
