#include "cli/command_line.h"

#include <memory>

#include "cli/compare.h"
#include "cli/completion.h"
#include "cli/doctor.h"
#include "cli/help.h"
#include "cli/init.h"
#include "cli/packages.h"
#include "cli/record.h"
#include "cli/report.h"
#include "cli/resume.h"
#include "cli/selftest.h"
#include "cli/suite.h"

#ifndef INFEROMETER_VERSION
#error "INFEROMETER_VERSION comes from CMakeLists.txt"
#endif

namespace inferometer::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"compare", "measure candidates side by side and say which is faster, by how much, how surely",
       add_compare},
      {"suite", "measure everything that a suite file asks for, and report it together", add_suite},
      {"resume", "go on with an experiment or a suite that did not end", add_resume},
      {"report", "print an experiment again, in any format, from its record", add_report},
      {"record", "what was measured on this machine", add_record},
      {"packages", "engines, models and toolchains from the lock", add_packages},
      {"doctor", "what this machine has, what is missing, what disturbs measurements here", add_doctor},
      {"selftest", "what differences this machine can resolve now; at most 60 s", add_selftest},
      {"init", "write a commented suite file to start from", add_init},
      {"completion", "print a completion script", add_completion},
  };
  return all;
}

CommandLine::CommandLine()
    : app_("Which inference configuration is faster, by how much, and how sure is that", "inferometer") {
  app_.set_version_flag("--version", INFEROMETER_VERSION);
  app_.require_subcommand(1);
  app_.formatter(std::make_shared<HelpFormatter>());
  app_.footer(
      "start here:\n  inferometer doctor\n  inferometer packages install onnxruntime openvino minilm\n  "
      "inferometer compare minilm\n");
  for (const auto& command : commands()) {
    auto* sub = app_.add_subcommand(command.name, command.summary);
    runs_[sub] = command.add(*sub, invocation_);
  }
}

void CommandLine::parse(int argc, char** argv) {
  app_.parse(argc, argv);
  invocation_.words.assign(argv, argv + argc);
}

int CommandLine::run() const { return runs_.at(app_.get_subcommands().front())(); }

}  // namespace inferometer::cli
