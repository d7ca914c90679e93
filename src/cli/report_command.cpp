#include "cli/report_command.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/progress.h"
#include "report/report.h"
#include "store/store.h"

namespace inferometer::cli {
namespace {

void say(const std::string& sentence) { std::fputs((sentence + "\n").c_str(), stderr); }

struct Export {
  const report::Format* format;
  std::filesystem::path file;
};

/// All of them, so that a wrong word is told before anything is written.
std::vector<Export> exports_of(const ReportArguments& arguments) {
  std::vector<Export> exports;
  for (const auto& text : arguments.exports) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals + 1 == text.size()) {
      throw base::UserError("--export: '" + base::printable(text) +
                            "' is not FORMAT=FILE, for example json=results.json");
    }
    exports.push_back({&report::format(text.substr(0, equals)), text.substr(equals + 1)});
  }
  if (arguments.output.empty()) return exports;
  base::require_writable_folder(arguments.output);
  for (const auto& format : report::formats()) {
    const std::string name = format.file_name;
    if (!name.empty()) exports.push_back({&format, std::filesystem::path(arguments.output) / name});
  }
  return exports;
}

}  // namespace

int run_report(const ReportArguments& arguments) {
  const auto& format = report::format(arguments.format);
  const auto exports = exports_of(arguments);
  const auto experiment = store::read(store::find(store::record_folder(), arguments.experiment));
  const auto analysis = analysis::analyse(experiment);
  const report::Input input{experiment, analysis};
  const report::Style style{colour_wanted(arguments.colour, STDOUT_FILENO), terminal_width(STDOUT_FILENO)};
  std::fputs(format.print(input, style).c_str(), stdout);
  std::fflush(stdout);
  for (const auto& one : exports) {
    base::write_file_atomically(one.file, one.format->print(input, report::Style{}));
    say("wrote  " + one.file.string());
  }
  if (experiment.damage.empty()) return base::kExitOk;
  say("the record is damaged; the report is made of the lines that are whole:");
  for (const auto& damage : experiment.damage) say("  " + base::printable(damage));
  return base::kExitRecord;
}

}  // namespace inferometer::cli
