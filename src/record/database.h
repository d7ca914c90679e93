// DuckDB over the record. It is a program that runs as a process of its own, as engines do. Queries can
// open no file but the index, which can be made again, and reach no network.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "record/sources.h"

namespace inferometer::record {

/// Names of the views, as in schema/views.sql and docs/record.md.
const std::vector<std::string>& view_names();

struct Query {
  std::string sql;
  std::string format = "table";  ///< table, csv, json, jsonl, md
  int width = 0;  ///< columns of the terminal, to which a table is cut; 0: no terminal, nothing is cut
};
const std::vector<std::string>& query_formats();

class Database {
 public:
  /// `duckdb`: the program.
  Database(std::filesystem::path duckdb, Sources sources);

  /// Whether an index holds just these sources; queries then read it instead of the record.
  bool is_indexed() const;
  /// There is an index, but of an older state of the record.
  bool has_old_index() const;

  /// `print` gets the result as it comes. Throws base::UserError with what DuckDB says of the query.
  void query(const Query& query, const std::function<void(std::string_view)>& print) const;
  /// This process becomes DuckDB's shell, with the views there. Returns only by throwing base::UserError.
  [[noreturn]] void become_shell() const;

  /// Makes a DuckDB file with every view as a table, whole or not at all, and removes older ones. Returns its
  /// path.
  std::filesystem::path make_index() const;

  /// A folder gets VIEW.parquet for every view; a path that ends with .parquet is one file, named as its
  /// view. Each is there whole or not at all. Returns what was written. Throws base::UserError.
  std::vector<std::filesystem::path> export_parquet(const std::filesystem::path& target) const;

 private:
  struct Opened;
  /// `spill`: where DuckDB puts what does not fit into memory.
  Opened open(const std::filesystem::path& spill) const;
  void run_script(const std::string& sql) const;

  std::filesystem::path duckdb_;
  Sources sources_;
  std::filesystem::path index_;  ///< where the index of these sources lies, if it is there
};

}  // namespace inferometer::record
