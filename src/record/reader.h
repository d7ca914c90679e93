// Reads a record into memory, as far as its lines are proven.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "record/scan.h"
#include "results/experiment.h"

namespace inferometer::record {

/// Reads a record; damage is confined to its line and listed in Experiment::damage. Throws base::RecordError
/// when nothing of it can be used or it is from a newer major version.
results::Experiment read(const std::filesystem::path& file);

struct Check {
  std::filesystem::path file;
  std::string id;
  std::int64_t lines = 0;
  bool ended = false;
  std::vector<std::string> problems;  ///< "line 57: sha256 differs"; empty: whole
  std::vector<std::string> remarks;   ///< "no end line: whole lines lost from the tail cannot be noticed"
};
Check check(const std::filesystem::path& file);

/// A record together with what the walk over its file found; for this module.
struct Loaded {
  results::Experiment experiment;
  Scan scan;
};

/// Everything that is proven; `visit`, where given, sees each line that is used. Throws base::RecordError
/// when the file cannot be read or is from a newer major version. experiment.id is empty when the first line,
/// which holds the plan, cannot be used.
Loaded load(const std::filesystem::path& file, const std::function<void(const Line&)>& visit = {});

/// For the callers that cannot do without the plan: throws base::RecordError when it cannot be used.
Loaded load_usable(const std::filesystem::path& file, const std::function<void(const Line&)>& visit = {});

}  // namespace inferometer::record
