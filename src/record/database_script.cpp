#include "record/database_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kViewsLimitBytes = 1u << 20;
constexpr std::uint64_t kDefaultLineBytes = 16u << 20;  // of DuckDB

/// A path in a list for read_json, where *, ? and [ would be patterns.
std::string literal_path(const fs::path& path) {
  std::string text;
  for (const char letter : path.string()) {
    const bool is_pattern = letter == '*' || letter == '?' || letter == '[';
    text += is_pattern ? std::string("[") + letter + "]" : std::string(1, letter);
  }
  return sql_text(text);
}

std::string read_json(const Sources& sources, fs::path Source::*file, const std::string& columns) {
  std::vector<std::string> paths;
  for (const auto& source : sources.all) paths.push_back(literal_path(source.*file));
  return fmt::format(
      "read_json([{}], format = 'newline_delimited', compression = 'uncompressed', filename = true, "
      "maximum_object_size = {}, columns = {{{}}})",
      base::join(paths, ", "), std::max(kDefaultLineBytes, sources.longest_line_bytes()), columns);
}

}  // namespace

std::string sql_text(std::string_view text) {
  std::string sql = "'";
  for (const char letter : text) sql += letter == '\'' ? std::string("''") : std::string(1, letter);
  return sql + "'";
}

std::string settings_sql(const fs::path& spill) {
  return "SET autoinstall_known_extensions = false;\nSET autoload_known_extensions = false;\n"
         "SET temp_directory = " +
         sql_text(spill.string()) + ";\n";
}

std::string views_definition() {
  return base::read_file(base::share_folder() / "schema" / "views.sql", kViewsLimitBytes);
}

std::string views_sql(const Sources& sources) {
  std::string sql =
      "CREATE SCHEMA stored;\n"
      "CREATE TABLE stored.derived (experiment VARCHAR, kind VARCHAR, value JSON);\n"
      "CREATE TABLE stored.lines (experiment VARCHAR NOT NULL, n BIGINT, kind VARCHAR, item VARCHAR, value "
      "JSON);\n";
  if (!sources.all.empty()) {
    sql +=
        "INSERT INTO stored.derived SELECT experiment, kind, value FROM " +
        read_json(sources, &Source::derived, "experiment: 'VARCHAR', kind: 'VARCHAR', value: 'JSON'") +
        ";\nINSERT INTO stored.lines SELECT d.experiment, r.n, r.kind, r.item, r.value FROM " +
        read_json(sources, &Source::lines, "n: 'BIGINT', kind: 'VARCHAR', item: 'VARCHAR', value: 'JSON'") +
        " r LEFT JOIN stored.derived d ON d.kind = 'verified' AND (d.value->>'lines_file') = r.filename;\n";
  }
  return sql + views_definition();
}

}  // namespace inferometer::record
