// Pieces of Markdown in which a stranger's text stays text: it cannot end a cell, open a tag or make a link.
#pragma once

#include <string>
#include <vector>

namespace inferometer::report::markdown {

/// For sentences and cells.
std::string plain(const std::string& text);
/// A command or a hash on one line, as code.
std::string code(const std::string& text);
/// The same in a table, where a bar ends the cell even inside code.
std::string code_cell(const std::string& text);
/// Lines of a log, fenced.
std::string code_block(const std::string& text);

/// Cells are put in as they are: escape what is a stranger's.
std::string row(const std::vector<std::string>& cells);
std::string head(const std::vector<std::string>& titles);
/// Sentences, escaped.
std::string bullets(const std::vector<std::string>& sentences);

}  // namespace inferometer::report::markdown
