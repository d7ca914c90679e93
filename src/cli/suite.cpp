#include "cli/suite.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "campaign/campaign_run.h"
#include "campaign/contents.h"
#include "cli/flags.h"
#include "cli/outlook.h"
#include "cli/progress.h"
#include "cli/suite_reports.h"
#include "plan/effort.h"

namespace inferometer::cli {
namespace {

namespace fs = std::filesystem;
using base::UserError;

constexpr const char* kExamples = R"(examples:
  inferometer suite full --dry-run
  inferometer suite full --mode quick
  inferometer suite suite.yaml --batch-sizes 1,4 --output ./results/nightly
  inferometer resume ./results/nightly
)";

/// Where the guide's script puts its results.
fs::path default_results(const std::string& suite) {
  const auto name =
      suite == campaign::kShippedSuite ? suite : campaign::folder_name(fs::path(suite).stem().string());
  return fs::path("results") /
         fmt::format("{}_benchmark_{:%Y%m%d_%H%M%S}", name, fmt::localtime(std::time(nullptr)));
}

std::vector<campaign::Forecast> look_ahead(const campaign::Campaign& campaign, const experiment::Host& host) {
  for (const auto& problem : host.installation.discovery.problems) say(problem);
  say_unused_samples(campaign.file);
  return campaign::look_ahead(campaign.experiments, campaign.file.synthetic_for_missing.value_or(false),
                              host);
}

/// Measures what has no result yet and reports all.
int go_on(campaign::Campaign campaign, const std::string& progress_kind) {
  const auto results = campaign.results;
  const LogFile log(campaign::log_file(results));
  say(campaign.state.command);
  const experiment::Installation installation;
  ProgressLine progress(progress_kind);
  const experiment::Host host{installation, progress};
  const auto forecasts = look_ahead(campaign, host);
  const auto needs = outlook(forecasts, experiment::usable_memory(installation).machine);
  for (const auto& line : base::split(needs.substr(0, needs.size() - 1), '\n')) say(line);
  refuse_full_disk(forecasts);
  SuiteReporter reporter;
  const int code = campaign::run_campaign(std::move(campaign), forecasts, reporter, host);
  report_contents(campaign::read_contents(results), (results / "consolidated_report").string());
  say("results  " + results.string());
  if (code == base::kExitInterrupted) {
    say("interrupted: what was finished is kept; resume with  inferometer resume " +
        base::shell_word(results.string()));
  }
  return code;
}

int dry_run(const campaign::Campaign& campaign, const std::string& progress_kind) {
  const experiment::Installation installation;
  ProgressLine progress(progress_kind);
  const auto forecasts = look_ahead(campaign, {installation, progress});
  std::fputs(outlook(forecasts, experiment::usable_memory(installation).machine).c_str(), stdout);
  return base::kExitOk;
}

int run_suite(const SuiteArguments& arguments, const std::string& command) {
  if (arguments.suite.empty()) {
    throw UserError(
        "suite: FILE is missing: give a suite file (inferometer init writes one) or full, for example: "
        "inferometer suite full --mode quick");
  }
  auto campaign = campaign::plan_campaign({arguments.suite, arguments.overrides, arguments.seed, command});
  if (arguments.dry_run) return dry_run(campaign, arguments.progress);
  campaign::take_folder(
      campaign, arguments.output.empty() ? default_results(arguments.suite) : fs::path(arguments.output));
  return go_on(std::move(campaign), arguments.progress);
}

}  // namespace

void add_flags(CLI::App& app, SuiteArguments& arguments) {
  const auto size = CLI::Range(1, 1'000'000);
  app.add_option("FILE", arguments.suite, "a suite file (YAML), or full: the shipped one");
  auto& overrides = arguments.overrides;
  app.add_option("--mode", overrides.mode, "quick, standard or full, as compare's; default: that of the file")
      ->check(CLI::IsMember(plan::known_modes()));
  add_list(app, "--batch-sizes", overrides.batch_sizes, "of every phase")->check(size);
  add_list(app, "--sequence-lengths", overrides.sequence_lengths, "of every phase with texts")->check(size);
  add_list(app, "--threads", overrides.threads, "thread counts, or all");
  app.add_option("--budget", overrides.budget_seconds, "seconds of measuring for each group")
      ->check(CLI::Range(0.001, 86'400.0));
  app.add_option("--margin", overrides.margin_percent, "percent that still count as equivalent")
      ->check(CLI::Range(0.001, 50.0));
  add_seed(app, arguments.seed);
  add_switch(app, "--dry-run", arguments.dry_run,
             "print the experiments, what is skipped, and what they need; measure nothing");
  app.add_option("--output", arguments.output, "folder of the results; default: results/NAME_benchmark_TIME");
  add_progress(app, arguments.progress);
  app.footer(kExamples);
}

Run add_suite(CLI::App& app, const Invocation& invocation) {
  const auto arguments = std::make_shared<SuiteArguments>();
  add_flags(app, *arguments);
  return [arguments, &invocation] {
    return naming_flags([&] { return run_suite(*arguments, invocation.text()); });
  };
}

int resume_suite(const fs::path& results, const std::string& progress) {
  auto campaign = campaign::reopen_campaign(results);
  std::error_code error;
  fs::current_path(campaign.state.working_folder, error);
  if (error) {
    throw UserError(base::printable(campaign.state.working_folder) +
                    ": the suite was started there, and its paths may be relative to it: " + error.message());
  }
  return go_on(std::move(campaign), progress);
}

}  // namespace inferometer::cli
