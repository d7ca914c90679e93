#include "cli/flags.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.h"
#include "report/report.h"

namespace inferometer::cli {

void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed) {
  // The parser itself would wrap a negative number round.
  const auto whole = [](const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc() && end == text.data() + text.size();
    return good ? std::string() : "'" + base::printable(text, 60) + "' is no whole number from 0 to 2^64-1";
  };
  command.add_option("--seed", seed, "of every random choice; default: drawn, and printed")->check(whole);
}

void add_outputs(CLI::App& command, Outputs& outputs, const char* without_folder) {
  command
      .add_option("--output", outputs.files.folder,
                  std::string("folder for one file of every format; default: ") + without_folder)
      ->check([](const std::string& folder) {
        return folder.empty() ? std::string("name a folder, or leave the flag out") : std::string();
      });
  std::vector<std::string> formats;
  for (const auto& format : report::formats()) formats.emplace_back(format.name);
  command.add_option("-o", outputs.files.format, "format on stdout: " + base::join(formats, ", "))
      ->capture_default_str();
  add_repeatable(command, "--export", outputs.files.exports, "FORMAT=FILE, repeatable");
  command.add_option("--color", outputs.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

void add_progress(CLI::App& command, std::string& progress) {
  command.add_option("--progress", progress, "auto, plain (one line a load) or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}))
      ->capture_default_str();
}

CLI::Option* add_list(CLI::App& command, const std::string& flags, std::vector<std::string>& words,
                      const std::string& description) {
  return command.add_option(flags, words, description)->delimiter(',')->allow_extra_args(false);
}

CLI::Option* add_list(CLI::App& command, const std::string& flags, std::vector<std::int64_t>& numbers,
                      const std::string& description) {
  return command.add_option(flags, numbers, description)->delimiter(',')->allow_extra_args(false);
}

CLI::Option* add_repeatable(CLI::App& command, const std::string& flags, std::vector<std::string>& words,
                            const std::string& description) {
  return command.add_option(flags, words, description)->allow_extra_args(false);
}

CLI::Option* add_switch(CLI::App& command, const std::string& flags, bool& value,
                        const std::string& description) {
  return command.add_flag(flags, value, description)->disable_flag_override();
}

std::string flag_of(const std::string& field) {
  static const std::map<std::string, std::string> of_one = {
      {"candidates", "--candidate"}, {"options", "--option"}, {"dims", "--dim"}, {"inputs", "--input"}};
  if (const auto found = of_one.find(field); found != of_one.end()) return found->second;
  auto flag = "--" + field;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

}  // namespace inferometer::cli
