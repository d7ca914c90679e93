// Damaged records, the index and exported files.
#include <gmock/gmock.h>

#include "base/error.h"
#include "record/database.h"
#include "tests/cli/with_duckdb.h"

namespace inferometer::tests {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class record_files : public WithDuckdb {
 protected:
  static void damage(const fs::path& record, const std::string& item) {
    auto bytes = base::read_file(record, 1 << 24);
    bytes[bytes.find("\"item\":\"" + item) + item.size() + 150] ^= 1;
    std::ofstream(record, std::ios::binary) << bytes;
  }
  /// What the program answers without us.
  static std::vector<base::Json> rows_by_duckdb(const std::string& sql) {
    process::SpawnRequest request;
    request.arguments = {duckdb().string(), "-no-init", "-jsonlines", "-c", sql};
    request.capture_standard_output = true;
    const auto output = process::run(request, std::chrono::minutes(1)).output;
    return output == "\n" ? std::vector<base::Json>() : json_lines(output);
  }
  std::string count_of(const std::string& view) const {
    return ask("SELECT count(*) AS n FROM " + view, "csv").output;
  }
};

TEST_F(record_files, damaged_lines_are_named_and_the_rest_is_answered) {
  measure();
  measure();
  EXPECT_EQ(count_of("truth_checks"), "n\n4\n");
  damage(binary_.records().at(0), "truth_check/c0");
  const auto finished = ask("SELECT count(*) AS n FROM truth_checks", "csv");
  EXPECT_EQ(finished.exit.code, base::kExitRecord);
  EXPECT_EQ(finished.output, "n\n3\n");
  EXPECT_THAT(finished.log, HasSubstr(binary_.records()[0].string() + ": line "));
  EXPECT_THAT(finished.log, HasSubstr("sha256 differs"));
}

TEST_F(record_files, paths_that_look_like_patterns_are_paths) {
  measure();
  measure();
  const auto folder = binary_.home() / "state" / "record" / "from o'neil [1]?";
  fs::create_directories(folder);
  const auto records = binary_.records();
  // As a pattern the first would be the second too.
  fs::rename(records[0], folder / "a*.jsonl");
  fs::rename(records[1], folder / "ab.jsonl");
  EXPECT_EQ(count_of("experiments"), "n\n2\n");
  EXPECT_EQ(rows("SELECT experiment FROM lines WHERE kind = 'end'").size(), 2u);
}

TEST_F(record_files, the_index_gives_the_same_answers_until_the_record_changes) {
  measure();
  std::vector<std::string> before;
  for (const auto& view : record::view_names()) before.push_back(ask("FROM " + view).output);
  const auto made = binary_.run({"record", "index"});
  ASSERT_EQ(made.exit.code, 0) << made.log;
  EXPECT_EQ(made.output, index().string() + "\n");
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(ask("FROM " + record::view_names()[i]).output, before[i]) << record::view_names()[i];
  }
  EXPECT_EQ(ask("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'samples'", "csv").output,
            "n\n1\n")
      << "the index is used";
  EXPECT_THAT(ask("DROP TABLE samples").log, HasSubstr("read-only"));

  measure();
  const auto finished = ask("SELECT count(*) AS n FROM experiments", "csv");
  EXPECT_EQ(finished.output, "n\n2\n");
  EXPECT_THAT(finished.log, HasSubstr("older state of the record"));
  const auto old = index();
  binary_.run({"record", "index"});
  EXPECT_FALSE(fs::exists(old));
  EXPECT_EQ(ask("SELECT count(*) AS n FROM experiments", "csv").log, "");
}

TEST_F(record_files, an_index_that_is_none_is_not_used) {
  measure();
  binary_.run({"record", "index"});
  std::ofstream(index()) << "not a database";
  EXPECT_EQ(count_of("experiments"), "n\n1\n");
  binary_.run({"record", "index"});
  EXPECT_GT(fs::file_size(index()), 1000u);
}

TEST_F(record_files, parquet_holds_every_view_with_its_types) {
  measure();
  const auto folder = binary_.home() / "tables";
  const auto exported = binary_.run({"record", "export", "parquet", folder.string()});
  ASSERT_EQ(exported.exit.code, 0) << exported.log;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().stem());
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(record::view_names()));
  for (const auto& view : record::view_names()) {
    const auto file = "'" + (folder / (view + ".parquet")).string() + "'";
    EXPECT_EQ(rows_by_duckdb("FROM " + file), rows("FROM " + view)) << view;
    const std::string columns = "SELECT column_name, column_type FROM (DESCRIBE ";
    EXPECT_EQ(rows_by_duckdb(columns + "FROM " + file + ")"), rows(columns + view + ")")) << view;
  }
}

TEST_F(record_files, one_parquet_file_is_named_after_its_view) {
  measure();
  const auto folder = binary_.home() / "made here";
  ASSERT_EQ(binary_.run({"record", "export", "parquet", (folder / "samples.parquet").string()}).exit.code, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(record_files, wrong_targets_are_refused_and_leave_nothing) {
  measure();
  base::write_file_atomically(binary_.home() / "file", "x");
  fs::create_symlink("/dev/null", binary_.home() / "loads.parquet");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"parquet", "sampels.parquet"}, "unknown view 'sampels': did you mean 'samples'?"},
      {{"parquet", "file"}, "is no folder and does not end with .parquet"},
      {{"parquet", "loads.parquet"}, "is no regular file"},
      {{"parquet", "/proc/none"}, "/proc/none"},
      {{"parqet", "x"}, "unknown format 'parqet': did you mean 'parquet'?"}};
  for (const auto& [words, message] : cases) {
    const auto finished = binary_.run({"record", "export", words[0], words[1]});
    EXPECT_EQ(finished.exit.code, base::kExitUsage) << finished.log;
    EXPECT_THAT(finished.log, HasSubstr(message));
  }
  for (const auto& entry : fs::directory_iterator(binary_.home()))
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("unfinished")));
}

}  // namespace
}  // namespace inferometer::tests
