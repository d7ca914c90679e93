// Which records there are, and the one that a word names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inferometer::record {

/// One row of `record list`, cheap to make (first and last line only).
struct Entry {
  std::filesystem::path file;
  std::string id;
  std::string title;
  std::string started_utc;
  std::string command;
  std::string state;  ///< "ended", "interrupted", "unfinished", "damaged"
};
/// Every record below `folder`, newest first. Copies of one experiment (merged from elsewhere) are one row:
/// the longer one, if the shorter is its beginning; else both, marked damaged.
std::vector<Entry> list(const std::filesystem::path& folder);

/// `word`: an id, a unique beginning of one, "last", or a path. Throws base::UserError.
std::filesystem::path find(const std::filesystem::path& folder, const std::string& word);

std::filesystem::path record_folder();  ///< state_folder()/record

}  // namespace inferometer::record
