#include "cli/completion.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "cli/help.h"
#include "models/models.h"

namespace inferometer::cli {
namespace {

struct Completed {
  std::string name;
  std::string summary;
  std::vector<std::string> words;  ///< flags and sub-commands
};

std::vector<Completed> commands_of(const CLI::App& app) {
  std::vector<Completed> commands;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    auto& command = commands.emplace_back(Completed{sub->get_name(), sub->get_description(), words_of(*sub)});
    // What takes a model takes the names that need no path.
    if (sub->get_option_no_throw("MODEL") == nullptr) continue;
    for (const auto& name : models::known_names()) command.words.push_back(name);
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
      if (word.starts_with("-") && !word.starts_with("--")) continue;
      const bool is_flag = word.starts_with("--");
      script += fmt::format("complete -c inferometer -n '__fish_seen_subcommand_from {}' -{} {}\n",
                            command.name, is_flag ? "l" : "a", is_flag ? word.substr(2) : word);
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return bash(app);
  if (shell == "zsh") return zsh(app);
  if (shell == "fish") return fish(app);
  const std::vector<std::string> shells = {"bash", "zsh", "fish"};
  throw base::UserError(base::unknown_word("shell", shell, shells));
}

Run add_completion(CLI::App& app, const Invocation&) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash, zsh or fish")->required();
  app.footer("examples:\n  source <(inferometer completion bash)\n  inferometer completion fish | source\n");
  return [&app, shell] {
    std::fputs(completion_script(*app.get_parent(), *shell).c_str(), stdout);
    return static_cast<int>(base::kExitOk);
  };
}

}  // namespace inferometer::cli
