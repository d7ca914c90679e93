// What is in the folder of a suite's results, read again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/experiment.h"

namespace inferometer::campaign {

/// One experiment of a suite, or why there is none.
struct Part {
  std::string folder;   ///< below that of the results: "bert_comparison/bert_base"
  std::string problem;  ///< why there is no record, or what is wrong with it; empty: nothing
  bool has_record = false;
  results::Experiment experiment;
};

struct Contents {
  std::string command;  ///< empty: not known
  std::string started_utc;
  std::vector<std::string> problems;  ///< of the folder as a whole
  std::vector<Part> parts;
  bool damaged = false;  ///< a file is damaged or of another version
};

/// Reads the state and every record of `results`. Throws base::UserError when there is neither.
Contents read_contents(const std::filesystem::path& results);

}  // namespace inferometer::campaign
