// A file line by line, in bounded memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "record/descriptor.h"

namespace inferometer::record {

class LineReader {
 public:
  /// Throws base::RecordError when `file` cannot be opened or is no regular file.
  explicit LineReader(const std::filesystem::path& file);

  /// The next line without its newline; false at the end of the file. Of a line over kMaxLineBytes only the
  /// beginning is kept. Throws base::RecordError when reading fails.
  bool next(std::string& line);
  std::uint64_t begin() const { return begin_; }   ///< offset in the file of the line last returned
  bool terminated() const { return terminated_; }  ///< it ended with a newline
  bool too_long() const { return too_long_; }

 private:
  bool fill();

  std::filesystem::path file_;
  Descriptor fd_;
  std::string buffer_;
  std::size_t used_ = 0;      ///< bytes of buffer_ already returned
  std::uint64_t offset_ = 0;  ///< in the file, of the next byte to return
  std::uint64_t begin_ = 0;
  bool terminated_ = false;
  bool too_long_ = false;
};

/// The last bytes of a regular file, from after the last newline but one: its last line, and what may stand
/// after it.
struct LastLine {
  std::string text;   ///< the last line that has its newline, without it; empty: there is none
  std::string after;  ///< what follows it: empty, or a torn line
};
LastLine last_line(const std::filesystem::path& file);

}  // namespace inferometer::record
