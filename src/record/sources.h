// What queries over many records read: every experiment of a folder, its lines proven first. What was found
// is remembered, so that a record that has not changed is not proven again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "results/experiment.h"

namespace inferometer::record {

/// One line of what reports compute from an experiment, for queries.
struct DerivedLine {
  std::string kind;  ///< "results", "candidate"
  base::Json value;
};
using Derive = std::function<std::vector<DerivedLine>(const results::Experiment&)>;

struct Source {
  std::string experiment;                ///< id
  std::filesystem::path record;          ///< the file that was proven
  std::filesystem::path lines;           ///< what to read: the record itself, or the copy of its proven lines
  std::filesystem::path derived;         ///< what `Derive` made of it, as JSON lines
  std::uint64_t longest_line_bytes = 0;  ///< in both
  std::string signature;                 ///< changes with the record and with this program
};

struct Sources {
  std::filesystem::path folder;       ///< where what is remembered lies
  std::vector<Source> all;            ///< newest first
  std::vector<std::string> left_out;  ///< "FILE: line 57: sha256 differs: ...": what is not in `all`, and why
  std::uint64_t longest_line_bytes() const;
  /// Equal for the same experiments with the same content.
  std::string fingerprint() const;
};

/// Every experiment below `records`. An ended record of which every line is proven is read in place; of any
/// other one a copy of the proven lines is made. Copies that contradict each other, and files without a plan,
/// are left out. What is remembered is written below `memory`. Throws base::UserError when that cannot be
/// written.
Sources verified_sources(const std::filesystem::path& records, const std::filesystem::path& memory,
                         const Derive& derive);

}  // namespace inferometer::record
