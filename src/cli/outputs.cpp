#include "cli/outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/progress.h"
#include "report/report.h"
#include "select/select.h"

namespace inferometer::cli {
namespace {

struct File {
  const report::Format* format;
  std::filesystem::path path;
};

/// FORMAT and FILE of an --export.
std::pair<std::string, std::filesystem::path> split_export(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    throw base::UserError("--export: '" + base::printable(text) +
                          "' is not FORMAT=FILE, for example json=results.json");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<File> files_of(const results::ReportFiles& wanted) {
  std::vector<File> files;
  for (const auto& text : wanted.exports) {
    const auto [format, path] = split_export(text);
    files.push_back({&report::format(format), path});
  }
  if (wanted.folder.empty()) return files;
  for (const auto& format : report::formats()) {
    const std::string name = format.file_name;
    if (!name.empty()) files.push_back({&format, std::filesystem::path(wanted.folder) / name});
  }
  return files;
}

void require_set(const report::Format& format, const std::string& set) {
  if (report::prints_set(format, set)) return;
  std::vector<std::string> others;
  for (const auto& other : report::formats()) {
    if (report::prints_set(other, set)) others.emplace_back(other.name);
  }
  throw base::UserError(fmt::format(
      "format '{}' tells of an experiment of --set {}, and this one {}: choose {}", format.name, format.set,
      set.empty() ? "is of no set" : "is of " + base::printable(set), base::join(others, ", ")));
}

/// What a printer sees, and what that refers to.
struct Analysed {
  explicit Analysed(const results::Experiment& experiment)
      : analysis(analysis::analyse(experiment)),
        advice(select::advise(experiment, analysis)),
        input{experiment, analysis, advice} {}
  Analysed(const Analysed&) = delete;
  Analysed& operator=(const Analysed&) = delete;

  analysis::Analysis analysis;
  std::vector<select::Advice> advice;
  report::Input input;
};

void print_files(const results::ReportFiles& files, const report::Input& input) {
  for (const auto& file : files_of(files)) {
    if (!report::prints_set(*file.format, input.experiment.plan.set)) continue;
    base::write_file_atomically(file.path, file.format->print(input, report::Style{}));
    say("wrote  " + file.path.string());
  }
}

}  // namespace

void check_set(const results::ReportFiles& files, const std::string& set) {
  require_set(report::format(files.format), set);
  for (const auto& text : files.exports) require_set(report::format(split_export(text).first), set);
}

void check_outputs(const results::ReportFiles& files, const std::vector<std::filesystem::path>& inputs) {
  report::format(files.format);
  for (const auto& file : files_of(files)) {
    std::error_code none;
    if (std::filesystem::exists(file.path, none) && !std::filesystem::is_regular_file(file.path, none)) {
      throw base::UserError(base::printable(file.path.string()) +
                            ": is no regular file, and a report would replace it: name another path");
    }
    for (const auto& input : inputs) {
      if (std::filesystem::equivalent(file.path, input, none)) {
        throw base::UserError(
            base::printable(file.path.string()) +
            ": is an input of this command, and a report would replace it: name another path");
      }
    }
    const auto folder = file.path.parent_path();
    base::require_writable_folder(folder.empty() ? "." : folder);
  }
}

results::ReportFiles absolute(results::ReportFiles files) {
  if (!files.folder.empty()) files.folder = std::filesystem::absolute(files.folder).string();
  for (auto& text : files.exports) {
    const auto [format, path] = split_export(text);
    text = format + "=" + std::filesystem::absolute(path).string();
  }
  return files;
}

void write_files(const results::ReportFiles& files, const results::Experiment& experiment) {
  const Analysed analysed(experiment);
  print_files(files, analysed.input);
}

void write_outputs(const Outputs& outputs, const results::Experiment& experiment) {
  check_set(outputs.files, experiment.plan.set);
  const Analysed analysed(experiment);
  const report::Style style{colour_wanted(outputs.colour, STDOUT_FILENO), terminal_width(STDOUT_FILENO)};
  const auto text = report::format(outputs.files.format).print(analysed.input, style);
  const bool printed = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  const int reason = errno;
  print_files(outputs.files, analysed.input);
  if (!printed) throw base::UserError("stdout cannot be written: " + base::errno_text(reason));
}

}  // namespace inferometer::cli
