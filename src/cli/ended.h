// What people get of an experiment that has just been measured.
#pragma once

#include "cli/outputs.h"
#include "experiment/recorded_run.h"

namespace inferometer::cli {

/// Prints the reports; says where the record is. Without a folder they are written beside the record. Returns
/// the exit code.
int report_ended(const experiment::Ended& ended, Outputs outputs);

}  // namespace inferometer::cli
