// One line of a record: how its bytes are made and how they are proven. schema/record.md is the same in
// prose.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace inferometer::record {

constexpr int kFormatMajor = 1;
constexpr int kFormatMinor = 1;
/// Longer lines are not read: a damaged or hostile file must not exhaust memory.
constexpr std::uint64_t kMaxLineBytes = 256ull << 20;

/// What a line says, without its hash.
struct Line {
  std::int64_t n = 0;    ///< from 0
  std::string kind;      ///< "load_set"
  std::string item;      ///< "load_set/g0/3", unique within the record
  std::string previous;  ///< sha256 of line n - 1; empty for line 0
  base::Json value;
};

struct EncodedLine {
  std::string bytes;  ///< with the final newline
  std::string hash;   ///< 64 hexadecimal digits
};
EncodedLine encode(const Line& line);

/// A stretch of a file that may be a line: nothing in it is believed before `proves`.
struct Piece {
  explicit Piece(std::string text);
  std::string_view body() const;
  /// The 64 bytes where the hash is; empty when the piece is too short to have one.
  std::string_view stored_hash() const;
  bool proves_itself() const { return !computed_hash.empty() && stored_hash() == computed_hash; }
  /// The bytes around the hash are what they must be.
  bool has_whole_ending() const;
  /// The bytes of `"value":...` as they stand.
  std::string_view value_bytes() const;
  /// Throws base::UserError when the body, though proven, is no line of ours.
  Line parse(const std::string& origin) const;

  std::string text;           ///< without the newline
  std::string computed_hash;  ///< of the body
};

/// Where a lost or damaged newline has joined lines: the joined stretch cut into its lines, one element when
/// there is nothing to cut.
std::vector<std::string> split_joined(const std::string& text);

}  // namespace inferometer::record
