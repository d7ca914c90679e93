// What is printed about commands and flags, and about words that are neither.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace inferometer::cli {

/// A flag with the kind of its value; its default once, at the end of its line.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

/// Why the words could not be parsed, with the nearest command or flag where one was meant.
std::string explain(const CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& error);

/// Every flag ("--name", "-n") and sub-command of an app.
std::vector<std::string> words_of(const CLI::App& app);

}  // namespace inferometer::cli
