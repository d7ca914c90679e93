#include "cli/flags.h"

#include <charconv>

#include "base/text.h"

namespace inferometer::cli {

void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed) {
  // The parser itself would wrap a negative number round.
  const auto whole = [](const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc() && end == text.data() + text.size();
    return good ? std::string() : "'" + base::printable(text, 60) + "' is no whole number from 0 to 2^64-1";
  };
  command.add_option("--seed", seed, "of every random choice; default: drawn, and told")->check(whole);
}

void add_outputs(CLI::App& command, Outputs& outputs, const char* without_folder) {
  command
      .add_option("--output", outputs.output,
                  std::string("folder for one file of every format; default: ") + without_folder)
      ->check([](const std::string& folder) {
        return folder.empty() ? std::string("name a folder, or leave the flag out") : std::string();
      });
  command
      .add_option("-o", outputs.format,
                  "format on stdout: table, md, html, json, csv, jsonl; bert-md, bert-json of the set bert")
      ->capture_default_str();
  command.add_option("--export", outputs.exports, "FORMAT=FILE, repeatable")->allow_extra_args(false);
  command.add_option("--color", outputs.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_progress(CLI::App& command, std::string& progress) {
  command.add_option("--progress", progress, "auto, plain (one line a load) or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
}

void add_resume(CLI::App& command, std::string& resume, const char* what) {
  const auto others = command.get_options(
      [](const CLI::Option* option) { return !option->get_name().starts_with("--help"); });
  auto* option = command.add_option(
      "--resume", resume,
      std::string("go on with ") + what + "; takes no flag but those of output and progress");
  for (auto* other : others) option->excludes(other);
}

}  // namespace inferometer::cli
