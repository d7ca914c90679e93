#include "cli/suite_command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "base/text.h"
#include "campaign/yaml_reader.h"
#include "cli/carry_out.h"
#include "cli/consolidated.h"
#include "cli/progress.h"
#include "cli/suite_experiment.h"
#include "cli/suite_folder.h"
#include "cli/suite_outlook.h"
#include "process/process.h"
#include "report/markdown/consolidated.h"

namespace inferometer::cli {
namespace {

namespace fs = std::filesystem;
using base::UserError;

constexpr const char* kShipped = "full";

/// A bare word of ours means our suite even where a file has that name; ./full is the file.
fs::path path_of(const std::string& suite) {
  return suite == kShipped ? base::share_folder() / "suites" / "full.yaml" : fs::path(suite);
}

/// The flags before the file, in the phases too.
void apply(const SuiteArguments& arguments, campaign::SuiteFile& file) {
  if (!arguments.mode.empty()) file.mode = arguments.mode;
  if (!arguments.threads.empty()) file.threads = arguments.threads;
  if (arguments.budget_seconds) file.budget_seconds = arguments.budget_seconds;
  if (arguments.margin_percent) file.margin_percent = arguments.margin_percent;
  if (arguments.seed) file.seed = arguments.seed;
  if (!arguments.batch_sizes.empty()) file.batch_sizes = arguments.batch_sizes;
  if (!arguments.sequence_lengths.empty()) file.sequence_lengths = arguments.sequence_lengths;
  for (auto& phase : file.phases) {
    if (!arguments.batch_sizes.empty()) phase.batch_sizes.clear();
    if (!arguments.sequence_lengths.empty()) phase.sequence_lengths.clear();
  }
}

/// A suite as it was read, with its flags.
struct Planned {
  campaign::SuiteFile file;
  std::vector<campaign::SuiteExperiment> experiments;
};

Planned plan(const SuiteArguments& arguments, const std::string& text, const std::string& origin) {
  const auto shipped = path_of(kShipped);
  auto file = campaign::with_phases(
      campaign::parse_suite_file(text, origin),
      campaign::parse_suite_file(base::read_file(shipped, campaign::kMostYamlBytes), shipped.string()));
  apply(arguments, file);
  auto experiments = campaign::plan_experiments(file, effort_of(file.mode));
  return {std::move(file), std::move(experiments)};
}

void set_seed(Planned& planned, std::uint64_t seed) {
  planned.file.seed = seed;
  for (auto& experiment : planned.experiments) experiment.request.seed = seed;
}

/// Where the guide's script puts its results.
fs::path default_results(const std::string& suite) {
  const auto name = suite == kShipped ? suite : campaign::folder_name(fs::path(suite).stem().string());
  return fs::path("results") /
         fmt::format("{}_benchmark_{:%Y%m%d_%H%M%S}", name, fmt::localtime(std::time(nullptr)));
}

SuiteState new_state(const SuiteArguments& arguments, const Planned& planned, const std::string& text) {
  SuiteState state;
  state.id = base::random_id();
  state.arguments = arguments.command_line;
  state.working_folder = fs::current_path().string();
  state.started_utc = base::utc_now();
  state.origin = arguments.suite;
  state.file_text = text;
  state.seed = *planned.file.seed;
  for (const auto& experiment : planned.experiments) state.entries.push_back({.folder = experiment.folder});
  return state;
}

/// A suite in its folder, from the first experiment that is not measured to the consolidated report.
class SuiteRun {
 public:
  SuiteRun(SuiteSetting setting, SuiteState state, std::vector<Prospect> prospects)
      : setting_(std::move(setting)), state_(std::move(state)), prospects_(std::move(prospects)) {}

  int run() {
    bool interrupted = false;
    try {
      for (std::size_t i = 0; i < prospects_.size() && !interrupted; ++i) interrupted = !measure(i);
    } catch (const process::Interrupted&) {
      interrupted = true;
    }
    const auto read = read_suite(setting_.results);
    write_consolidated(read.suite, setting_.results / "consolidated_report");
    std::fputs(report::print_consolidated(read.suite).c_str(), stdout);
    std::fflush(stdout);
    say("results  " + setting_.results.string());
    if (!interrupted) return exit_code();
    say("interrupted: what was finished is kept; go on with  " + base::join(setting_.resume_words, " "));
    return base::kExitInterrupted;
  }

 private:
  /// False when it was interrupted.
  bool measure(std::size_t index) {
    const auto& prospect = prospects_[index];
    auto& entry = state_.entries[index];
    if (entry.state == SuiteEntry::State::Measured) return true;
    if (process::interruptions() > 0) return false;
    say(fmt::format("[{}/{}] {}: {}", index + 1, prospects_.size(), entry.folder, time_left(index)));
    try {
      if (!prospect.problem.empty()) throw UserError(prospect.problem);
      const auto ended = carry_out_experiment(prospect, setting_);
      if (ended.experiment.interrupted) return false;
      entry.record = keep_record(setting_.results, ended.record);
      write_reports(ended.experiment, prospect.experiment, setting_.results);
      entry.state = SuiteEntry::State::Measured;
      entry.exit_code = exit_code_of(ended.experiment);
    } catch (const UserError& error) {
      // One experiment costs only itself.
      entry.state = SuiteEntry::State::Failed;
      entry.reason = error.what();
      entry.exit_code = base::kExitCandidateFailed;
      say(entry.folder + " is left out: " + entry.reason);
    }
    write_suite_state(setting_.results, state_);
    return true;
  }

  std::string time_left(std::size_t from) const {
    plan::Cost left;
    for (std::size_t i = from; i < prospects_.size(); ++i) {
      if (state_.entries[i].state == SuiteEntry::State::Measured) continue;
      left.least_seconds += prospects_[i].cost.least_seconds;
      left.most_seconds += prospects_[i].cost.most_seconds;
    }
    return fmt::format("{} to {} of measuring left", base::format_seconds(left.least_seconds),
                       base::format_seconds(left.most_seconds));
  }

  int exit_code() const {
    int code = base::kExitOk;
    for (const auto& entry : state_.entries) {
      if (entry.exit_code == base::kExitCandidateFailed) return base::kExitCandidateFailed;
      if (entry.exit_code != base::kExitOk) code = entry.exit_code;
    }
    return code;
  }

  SuiteSetting setting_;
  SuiteState state_;
  std::vector<Prospect> prospects_;
};

int carry_on(const SuiteArguments& arguments, Planned planned, SuiteState state, const fs::path& results) {
  const TalkLog log(log_file(results));
  const auto command = state.command();
  say(command);
  SuiteSetting setting{std::move(planned.file), results, {}, command, state.id, arguments.progress};
  setting.resume_words = {state.arguments.front(), "suite", "--resume", results.string()};
  say_unused_samples(setting.file);
  auto prospects = look_ahead(planned.experiments, setting.file);
  const auto needs = outlook(prospects);
  for (const auto& line : base::split(needs.substr(0, needs.size() - 1), '\n')) say(line);
  refuse_full_disk(prospects);
  write_suite_state(results, state);
  return SuiteRun(std::move(setting), std::move(state), std::move(prospects)).run();
}

}  // namespace

int run_suite(const SuiteArguments& arguments) {
  const auto text = base::read_file(path_of(arguments.suite), campaign::kMostYamlBytes);
  auto planned = plan(arguments, text, arguments.suite);
  if (arguments.dry_run) {
    say_unused_samples(planned.file);
    std::fputs(outlook(look_ahead(planned.experiments, planned.file)).c_str(), stdout);
    return base::kExitOk;
  }
  const auto results =
      fs::absolute(arguments.output.empty() ? default_results(arguments.suite) : fs::path(arguments.output));
  base::require_writable_folder(results);
  if (has_suite_state(results)) {
    throw UserError(base::printable(results.string()) +
                    ": holds the results of a suite already: name another folder, or go on with  "
                    "inferometer suite --resume " +
                    base::printable(results.string()));
  }
  set_seed(planned, planned.file.seed ? *planned.file.seed : base::draw_seed());
  auto state = new_state(arguments, planned, text);
  return carry_on(arguments, std::move(planned), std::move(state), results);
}

int resume_suite(const SuiteArguments& arguments, const std::string& folder) {
  const auto results = fs::absolute(folder);
  const auto state = read_suite_state(results);
  auto planned = plan(arguments, state.file_text, state.origin);
  set_seed(planned, state.seed);
  bool same = planned.experiments.size() == state.entries.size();
  for (std::size_t i = 0; same && i < state.entries.size(); ++i)
    same = planned.experiments[i].folder == state.entries[i].folder;
  if (!same) {
    throw UserError(base::printable(results.string()) +
                    ": this version of the program plans other experiments for it: start the suite anew");
  }
  return carry_on(arguments, std::move(planned), state, results);
}

}  // namespace inferometer::cli
