// The files that DuckDB writes for us: the index and Parquet files. Not for other modules.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "record/sources.h"

namespace inferometer::record {

/// Where the index of just these sources lies, whether or not it is there: its name changes with their
/// content and with the views.
std::filesystem::path index_path(const Sources& sources);
/// Every index in a folder, of whatever sources.
std::vector<std::filesystem::path> indexes_in(const std::filesystem::path& folder);
/// It begins as a file of DuckDB.
bool is_database_file(const std::filesystem::path& file);

/// Views and the files they are exported to. Throws base::UserError: a file that is named as no view, a path
/// that is something else than a folder or an ordinary file.
std::vector<std::pair<std::string, std::filesystem::path>> parquet_files(const std::filesystem::path& target);

/// A new folder beside what is going to be made, gone at the end with all that was not published.
class UnfinishedFiles {
 public:
  explicit UnfinishedFiles(const std::filesystem::path& beside);
  ~UnfinishedFiles();
  UnfinishedFiles(const UnfinishedFiles&) = delete;
  UnfinishedFiles& operator=(const UnfinishedFiles&) = delete;
  const std::filesystem::path& folder() const { return folder_; }
  /// Flushes `made` to disk and renames it to `target`. Throws base::UserError.
  void publish(const std::filesystem::path& made, const std::filesystem::path& target) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace inferometer::record
