// The one JSON type of the project, and the way to read it with messages that name the place.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace inferometer::base {

/// Keys are kept sorted, so that equal values are equal bytes.
using Json = nlohmann::json;

/// Nesting deeper than this is refused: a hostile file must not exhaust the stack.
constexpr int kMaxJsonDepth = 64;

/// Parses `text`. `origin` (a file name, "worker onnxruntime") starts the message of the UserError that is
/// thrown, with the byte, when the text is not JSON, holds a duplicate key or nests deeper than
/// kMaxJsonDepth.
Json parse_json(std::string_view text, const std::string& origin);

/// One line without a final newline; NaN and infinities become null; bytes that are no UTF-8 are replaced.
std::string to_line(const Json& json);

}  // namespace inferometer::base
