#include "cli/help.h"

#include <algorithm>

#include "base/text.h"

namespace inferometer::cli {

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_type_size() == 0) return {};
  // What a validator says of the values is in the description.
  const auto type = option->get_type_name();
  const bool is_list = option->get_expected_max() == CLI::detail::expected_max_vector_size;
  return " " + type.substr(0, type.find(':')) + (is_list ? " ..." : "");
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  const auto standard = option->get_default_str();
  return option->get_description() + (standard.empty() ? "" : "; default: " + standard);
}

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(sub->get_name());
  for (const auto* option : app.get_options([](const CLI::Option*) { return true; })) {
    for (const auto& name : option->get_lnames()) words.push_back("--" + name);
    for (const auto& name : option->get_snames()) words.push_back("-" + name);
  }
  return words;
}

namespace {

/// Says what is wrong and moves `command` and `path` to the sub-command in which it is.
std::string what_is_wrong(const std::vector<std::string>& words, const CLI::ParseError& error,
                          const CLI::App*& command, std::string& path) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto known = words_of(*command);
    const auto name = words[i].substr(0, words[i].find('='));
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (i == 1 && !is_known)
      return base::unknown_word(name.starts_with("-") ? "flag" : "command", name, known);
    if (name.starts_with("--") && !is_known) {
      const auto guess = base::nearest(name, known);
      return "unknown flag " + base::printable(name, 80) +
             (guess.empty() ? "" : ": did you mean " + guess + "?");
    }
    if (is_known && !name.starts_with("-")) {
      command = command->get_subcommand(name);
      path += " " + name;
    }
  }
  return error.what();
}

}  // namespace

std::string explain(const CLI::App& app, const std::vector<std::string>& words,
                    const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string path = "inferometer";
  const auto wrong = what_is_wrong(words, error, command, path);
  return wrong + "\nsee: " + path + " --help";
}

}  // namespace inferometer::cli
