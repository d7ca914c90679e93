// Where reports go: one format on stdout, any number of files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/experiment.h"

namespace inferometer::cli {

struct Outputs {
  results::ReportFiles files;
  std::string colour = "auto";  ///< auto, always, never
};

/// Refuses, before anything is measured: a wrong word, a missing FILE, a folder that cannot be written to, a
/// path that is no regular file (a device would be replaced), and one that is a file in `inputs` (a model
/// would be lost). Throws base::UserError.
void check_outputs(const results::ReportFiles& files, const std::vector<std::filesystem::path>& inputs = {});

/// Refuses, before anything is measured, a format that tells of another Plan::set than `set`. Throws
/// base::UserError.
void check_set(const results::ReportFiles& files, const std::string& set);

/// With the paths made absolute. Throws base::UserError for an export without a FILE.
results::ReportFiles absolute(results::ReportFiles files);

/// The files of write_outputs alone.
void write_files(const results::ReportFiles& files, const results::Experiment& experiment);

/// Analyses, decides what to deploy, and prints; says which files were written on stderr. Throws
/// base::UserError when stdout or a file cannot be written to.
void write_outputs(const Outputs& outputs, const results::Experiment& experiment);

}  // namespace inferometer::cli
