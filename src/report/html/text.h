// Pieces of HTML in which a stranger's text stays text: it cannot open a tag, end an attribute or turn the
// direction of what is around it.
#pragma once

#include <string>
#include <vector>

namespace inferometer::report::html {

/// For elements and double-quoted attributes. Valid UTF-8 whatever comes in; control characters and those
/// that are invisible or change direction become U+FFFD; at most `limit` characters are kept.
std::string text(const std::string& text, std::size_t limit = 1000);
/// The same, and its direction stays its own.
std::string name(const std::string& text);
/// Lines of a log: line breaks stay.
std::string lines(const std::string& text);

/// Items are put in as they are: escape what is a stranger's.
std::string list(const std::vector<std::string>& items);

/// "sha256-..." of an inline style or script, as a content security policy names it.
std::string source_hash(const std::string& text);

}  // namespace inferometer::report::html
