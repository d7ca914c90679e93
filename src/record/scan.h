// One walk over a record: which lines are proven, and everything that is wrong with the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/line.h"

namespace inferometer::record {

/// What comes after the last whole line of a file.
struct Tail {
  std::uint64_t begin = 0;     ///< offset of the first byte that belongs to no whole line
  std::string torn;            ///< those bytes: a line that was not finished
  bool newline_lacks = false;  ///< the last line is whole but for its newline
  bool empty() const { return torn.empty() && !newline_lacks; }
};

struct Scan {
  std::int64_t lines = 0;  ///< stretches of the file that end with a newline
  bool ended = false;
  std::int64_t next_n = 0;            ///< of the line to write next
  std::string last_hash;              ///< of the line with the highest n
  std::vector<std::string> problems;  ///< damage, reported with line numbers from 1
  std::vector<std::string> remarks;
  Tail tail;
  /// problems, and one sentence for a tail that is not empty.
  std::vector<std::string> all_problems() const;
};

/// Gives `visit` every proven line once, in the order of the file; what `visit` throws as base::UserError
/// becomes a problem of that line. Throws base::RecordError when the file cannot be read.
Scan scan(const std::filesystem::path& file, const std::function<void(const Line&)>& visit);

}  // namespace inferometer::record
