// The program `inferometer`: parse, run, exit code.
#include <cstdio>
#include <exception>

#include "base/error.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "process/process.h"

namespace {

using namespace inferometer;

int say_and_return(const std::string& message, int exit_code) {
  std::fputs(("inferometer: " + message + "\n").c_str(), stderr);
  return exit_code;
}

int run(int argc, char** argv) {
  cli::CommandLine line;
  try {
    line.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return line.app().exit(help);
  } catch (const CLI::CallForVersion& version) {
    return line.app().exit(version);
  } catch (const CLI::ParseError& error) {
    return say_and_return(cli::explain(line.app(), {argv, argv + argc}, error), base::kExitUsage);
  }
  return line.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    process::set_up_supervision();
    return run(argc, argv);
  } catch (const base::UserError& error) {
    return say_and_return(error.what(), base::kExitUsage);
  } catch (const base::RecordError& error) {
    return say_and_return(error.what(), base::kExitRecord);
  } catch (const process::Interrupted&) {
    return say_and_return("interrupted", base::kExitInterrupted);
  } catch (const std::exception& error) {
    return say_and_return(std::string("this is a defect of ours: ") + error.what() +
                              "\nplease report this line, the command and the output of: inferometer doctor",
                          base::kExitInternal);
  }
}
