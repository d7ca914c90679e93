// Completion scripts, written from the option table itself.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cli/command_line.h"

namespace inferometer::cli {
namespace {

struct Command {
  std::string name;
  std::string summary;
  std::vector<std::string> words;  ///< flags and sub-commands
};

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> commands;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back({sub->get_name(), sub->get_description(), words_of(*sub)});
  }
  return commands;
}

std::string bash(const CLI::App& app) {
  std::string cases;
  for (const auto& command : commands_of(app))
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command.name, base::join(command.words, " "));
  return fmt::format(R"(# bash completion for inferometer: source <(inferometer completion bash)
_inferometer() {{
  local words
  case "${{COMP_WORDS[1]}}" in
{}    *) words="{}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="{}"
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
  [ ${{#COMPREPLY[@]}} -eq 0 ] && COMPREPLY=($(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -F _inferometer inferometer
)",
                     cases, base::join(words_of(app), " "), base::join(words_of(app), " "));
}

std::string zsh(const CLI::App& app) {
  return "# zsh completion for inferometer: source <(inferometer completion zsh)\nautoload -U +X "
         "bashcompinit && bashcompinit\n" +
         bash(app);
}

std::string fish(const CLI::App& app) {
  std::string script = "# fish completion for inferometer: inferometer completion fish | source\n";
  for (const auto& command : commands_of(app)) {
    script += fmt::format("complete -c inferometer -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                          command.summary);
    for (const auto& word : command.words) {
      if (word.starts_with("--"))
        script += fmt::format("complete -c inferometer -n '__fish_seen_subcommand_from {}' -l {}\n",
                              command.name, word.substr(2));
    }
  }
  return script;
}

}  // namespace

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

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return bash(app);
  if (shell == "zsh") return zsh(app);
  if (shell == "fish") return fish(app);
  const std::vector<std::string> shells = {"bash", "zsh", "fish"};
  throw base::UserError(base::unknown_word("shell", shell, shells));
}

}  // namespace inferometer::cli
