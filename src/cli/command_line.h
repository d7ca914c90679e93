// The one table of commands and flags: parsing, help and shell completion come from it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/compare_command.h"
#include "cli/consolidated.h"
#include "cli/doctor_command.h"
#include "cli/init_command.h"
#include "cli/packages_command.h"
#include "cli/query_command.h"
#include "cli/report_command.h"
#include "cli/selftest_command.h"
#include "cli/store_command.h"
#include "cli/suite_command.h"

namespace inferometer::cli {

/// What every command's flags are parsed into; `run` is set by the command that was chosen.
struct CommandLine {
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App app;
  CompareArguments compare;
  SelftestArguments selftest;
  PackagesArguments packages;
  StoreArguments store;
  SuiteArguments suite;
  std::string suite_resume;
  std::string consolidated;  ///< folder of a suite's results
  SqlArguments sql;
  ExportArguments table_export;
  ReportArguments report;
  std::string init_file = "suite.yaml";
  std::string shell;
  std::function<int()> run;
};

/// Why the words could not be parsed, with the nearest command or flag where one was meant.
std::string explain(const CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& error);

/// Every flag ("--name", "-n") and sub-command of an app.
std::vector<std::string> words_of(const CLI::App& app);

/// The completion script of `shell`: bash, zsh or fish. Throws base::UserError for another word.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace inferometer::cli
