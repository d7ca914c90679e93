// The part of the table of commands that is about suites.
#pragma once

#include "cli/command_line.h"

namespace inferometer::cli {

void add_suite(CommandLine& line);
void add_init(CommandLine& line);

}  // namespace inferometer::cli
