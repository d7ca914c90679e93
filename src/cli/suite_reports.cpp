#include "cli/suite_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "report/core/suite.h"
#include "report/markdown/consolidated.h"
#include "report/suite_files.h"
#include "report/tables/rows.h"
#include "select/select.h"

namespace inferometer::cli {
namespace {

namespace fs = std::filesystem;

/// The rows of each candidate in a folder of its own.
void write_candidate_folders(const results::Experiment& experiment, const fs::path& folder) {
  const auto analysis = analysis::analyse(experiment);
  const auto advice = select::advise(experiment, analysis);
  std::map<std::string, std::vector<report::Row>> rows_of;
  for (auto& row : report::rows({experiment, analysis, advice})) {
    const auto label =
        std::find_if(row.begin(), row.end(), [](const auto& cell) { return cell.first == "label"; });
    rows_of[campaign::folder_name(label->second.get<std::string>())].push_back(row);
  }
  for (const auto& [name, rows] : rows_of) {
    const fs::path own = folder.string() + "_" + name;
    base::require_writable_folder(own);
    base::write_file_atomically(own / "results.csv", report::csv_of(rows));
    base::write_file_atomically(own / "results.jsonl", report::jsonl_of(rows));
    say("wrote  " + own.string());
  }
}

void write_folder(const results::Experiment& experiment, const std::string& folder) {
  results::ReportFiles files;
  files.folder = folder;
  check_outputs(files);
  write_files(files, experiment);
}

/// The groups of each batch size as a report of their own.
void write_batch_folders(const results::Experiment& experiment, const fs::path& folder) {
  std::set<std::int64_t> sizes;
  for (const auto& group : experiment.plan.groups) sizes.insert(group.workload.batch_size);
  for (const auto size : sizes) {
    auto part = experiment;
    std::erase_if(part.plan.groups, [&](const auto& group) { return group.workload.batch_size != size; });
    write_folder(part, fmt::format("{}_bs{}", folder.string(), size));
  }
}

report::Suite analysed(const campaign::Contents& contents) {
  report::Suite suite;
  suite.command = contents.command;
  suite.started_utc = contents.started_utc;
  suite.problems = contents.problems;
  for (const auto& one : contents.parts) {
    auto& part = suite.parts.emplace_back();
    part.folder = one.folder;
    part.problem = one.problem;
    part.has_record = one.has_record;
    if (!one.has_record) continue;
    part.experiment = one.experiment;
    part.analysis = analysis::analyse(one.experiment);
    part.advice = select::advise(one.experiment, part.analysis);
  }
  return suite;
}

/// Every file of a suite that has rows.
void write_consolidated(const report::Suite& suite, const fs::path& folder) {
  base::require_writable_folder(folder);
  const auto write = [&](const char* name, const std::string& text) {
    if (text.empty()) return;
    base::write_file_atomically(folder / name, text);
    say("wrote  " + (folder / name).string());
  };
  for (const auto& file : report::suite_files()) write(file.name, file.print(suite));
}

}  // namespace

void SuiteReporter::write(const results::Experiment& experiment, const campaign::SuiteExperiment& planned,
                          const fs::path& results) {
  const auto folder = (results / planned.folder).string();
  write_folder(experiment, folder);
  if (planned.folders == campaign::Folders::Candidate) write_candidate_folders(experiment, folder);
  if (planned.folders == campaign::Folders::BatchSize) write_batch_folders(experiment, folder);
}

void report_contents(const campaign::Contents& contents, const std::string& folder) {
  const auto suite = analysed(contents);
  if (!folder.empty()) write_consolidated(suite, folder);
  std::fputs(report::print_consolidated(suite).c_str(), stdout);
  std::fflush(stdout);
}

int run_consolidated(const fs::path& results, const std::string& output) {
  if (!output.empty()) base::require_writable_folder(output);
  const auto contents = campaign::read_contents(results);
  report_contents(contents, output);
  if (!contents.damaged) return base::kExitOk;
  say("something in " + base::printable(results.string()) + " is damaged; the rest is reported:");
  for (const auto& problem : contents.problems) say("  " + base::printable(problem));
  for (const auto& part : contents.parts) {
    if (!part.problem.empty()) say("  " + part.folder + ": " + base::printable(part.problem));
  }
  return base::kExitRecord;
}

}  // namespace inferometer::cli
