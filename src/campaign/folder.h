// The folder of a suite's results: which experiments are finished, copies of their records, the log. What
// `resume` and `report --consolidated` need is in it, so that it can be moved to another machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "campaign/overrides.h"

namespace inferometer::campaign {

/// One experiment of a suite.
struct SuiteEntry {
  enum class State { Planned, Measured, Failed };
  std::string folder;  ///< "bert_comparison/bert_base"
  State state = State::Planned;
  std::string record;  ///< Measured: name of the copy in records/
  std::string reason;  ///< Failed: why there is no record
  int exit_code = 0;   ///< as `compare` would have ended
};

/// suite.json: replaced as a whole whenever an experiment ends, so that a kill at any moment leaves the state
/// before or after it.
struct SuiteState {
  std::string id;       ///< random
  std::string command;  ///< as typed
  Overrides overrides;
  std::string working_folder;  ///< of the command: relative paths start there
  std::string started_utc;
  std::string origin;     ///< of file_text: "suite.yaml", "full"
  std::string file_text;  ///< as it was at the start; a change of the file later changes nothing
  std::uint64_t seed = 0;
  std::vector<SuiteEntry> entries;
};

std::filesystem::path records_folder(const std::filesystem::path& results);
std::filesystem::path log_file(const std::filesystem::path& results);

bool has_suite_state(const std::filesystem::path& results);
/// Throws base::UserError that names the file: missing, damaged, of a version that is not known.
SuiteState read_suite_state(const std::filesystem::path& results);
void write_suite_state(const std::filesystem::path& results, const SuiteState& state);

/// Copies a record whose experiment has ended; returns its name there.
std::string keep_record(const std::filesystem::path& results, const std::filesystem::path& record);

}  // namespace inferometer::campaign
