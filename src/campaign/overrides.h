// What a command says instead of the suite file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "campaign/suite_file.h"

namespace inferometer::campaign {

/// Empty: as the file says.
struct Overrides {
  std::string mode;
  std::vector<std::int64_t> batch_sizes;       ///< of every phase
  std::vector<std::int64_t> sequence_lengths;  ///< of every phase
  std::vector<std::string> threads;
  std::optional<double> budget_seconds;
  std::optional<double> margin_percent;
};
void to_json(base::Json& json, const Overrides& overrides);
void from_json(const base::Json& json, Overrides& overrides);

void apply(const Overrides& overrides, SuiteFile& file);

/// Those of a recorded command, word by word: suite.json of version 2 keeps nothing else of them.
Overrides overrides_from_arguments(const std::vector<std::string>& words);

}  // namespace inferometer::campaign
