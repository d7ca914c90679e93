// Where reports go: one format on stdout, any number of files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/experiment.h"

namespace inferometer::cli {

struct Outputs {
  std::string format = "table";      ///< on stdout
  std::vector<std::string> exports;  ///< "FORMAT=FILE"
  std::string output;           ///< folder for one file of every format that has a file name; empty: none
  std::string colour = "auto";  ///< auto, always, never
};

/// Refuses a wrong word, a missing FILE or a folder that cannot be written to, before anything is measured.
/// Throws base::UserError.
void check_outputs(const Outputs& outputs);

/// Analyses and prints; says which files were written on stderr.
void write_outputs(const Outputs& outputs, const results::Experiment& experiment);

}  // namespace inferometer::cli
