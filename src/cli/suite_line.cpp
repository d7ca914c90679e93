#include "cli/suite_line.h"

#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "cli/flags.h"
#include "cli/suite_folder.h"

namespace inferometer::cli {
namespace {

constexpr const char* kSuiteExamples = R"(examples:
  inferometer suite full --dry-run
  inferometer suite full --mode quick
  inferometer suite suite.yaml --batch-sizes 1,4 --output ./results/nightly
  inferometer suite --resume ./results/nightly
)";

/// What goes before the file.
void add_overrides(CLI::App& command, SuiteArguments& arguments) {
  command.add_option("--mode", arguments.mode, "quick, standard or full, as compare's")
      ->check(CLI::IsMember({"quick", "standard", "full"}));
  command.add_option("--batch-sizes", arguments.batch_sizes, "of every phase")
      ->delimiter(',')
      ->check(CLI::Range(1, 1'000'000))
      ->allow_extra_args(false);
  command.add_option("--sequence-lengths", arguments.sequence_lengths, "of every phase with texts")
      ->delimiter(',')
      ->check(CLI::Range(1, 1'000'000))
      ->allow_extra_args(false);
  command.add_option("--threads", arguments.threads, "thread counts, or all")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--budget", arguments.budget_seconds, "seconds of measuring for each group")
      ->check(CLI::Range(0.001, 86'400.0));
  command.add_option("--margin", arguments.margin_percent, "percent that still count as equivalent")
      ->check(CLI::Range(0.001, 50.0));
  add_seed(command, arguments.seed);
}

/// With the words of the recorded command, in the folder in which it was given.
int resume(const std::string& folder, const std::string& progress) {
  const auto results = std::filesystem::absolute(folder);
  const auto state = read_suite_state(results);
  CommandLine recorded;
  auto words = state.arguments;
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  recorded.app.parse(static_cast<int>(pointers.size()), pointers.data());
  auto arguments = recorded.suite;
  arguments.progress = progress;
  std::error_code error;
  std::filesystem::current_path(state.working_folder, error);
  if (error) {
    throw base::UserError(
        base::printable(state.working_folder) +
        ": the suite was started there, and its paths may be relative to it: " + error.message());
  }
  return resume_suite(arguments, results.string());
}

int suite_or_resume(const CLI::App& command, const CommandLine& line) {
  if (command.count("--resume") > 0) return resume(line.suite_resume, line.suite.progress);
  if (line.suite.suite.empty()) {
    throw base::UserError(
        "suite: FILE is missing: give a suite file (inferometer init writes one) or full, for example: "
        "inferometer suite full --mode quick");
  }
  return run_suite(line.suite);
}

}  // namespace

void add_suite(CommandLine& line) {
  auto* command = line.app.add_subcommand(
      "suite", "measure everything that a suite file asks for, and report it together");
  command->add_option("FILE", line.suite.suite, "a suite file (YAML), or full: the shipped one");
  add_overrides(*command, line.suite);
  command
      ->add_flag("--dry-run", line.suite.dry_run,
                 "print the experiments, what is skipped, and what they need; measure nothing")
      ->disable_flag_override();
  command->add_option("--output", line.suite.output,
                      "folder of the results; default: results/NAME_benchmark_TIME");
  add_resume(*command, line.suite_resume, "the suite in this folder of results");
  add_progress(*command, line.suite.progress);
  command->footer(kSuiteExamples);
  command->callback(
      [&line, command] { line.run = [&line, command] { return suite_or_resume(*command, line); }; });
}

void add_init(CommandLine& line) {
  auto* command = line.app.add_subcommand("init", "write a commented suite file to start from");
  command->add_option("FILE", line.init_file, "must not exist yet")->capture_default_str();
  command->footer("examples:\n  inferometer init\n  inferometer init nightly.yaml\n");
  command->callback([&line] { line.run = [&line] { return run_init(line.init_file); }; });
}

}  // namespace inferometer::cli
