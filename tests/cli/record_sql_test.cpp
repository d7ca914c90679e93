// Questions in SQL and their answers.
#include <gmock/gmock.h>

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "record/database.h"
#include "record/reader.h"
#include "tests/cli/with_duckdb.h"

namespace inferometer::tests {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class record_sql : public WithDuckdb {};

/// docs/record.md: for each view its rows of `column`, `type`.
std::map<std::string, std::vector<std::pair<std::string, std::string>>> documented_views(
    const std::string& text) {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> views;
  std::string view;
  for (const auto& line : base::split(text, '\n')) {
    if (line.starts_with("## ")) view.clear();  // a table of another section is no view
    if (line.starts_with("### ")) view = line.substr(4);
    if (view.empty() || !line.starts_with("| `")) continue;
    const auto cells = base::split(line, '`');
    views[view].emplace_back(cells.at(1), cells.at(3));
  }
  return views;
}

std::string documentation() {
  return base::read_file(fs::path(std::getenv("INFEROMETER_TEST_SOURCE")) / "docs" / "record.md", 1 << 20);
}

TEST_F(record_sql, candidates_are_the_rows_that_a_report_prints) {
  measure();
  auto reported = json_lines(binary_.run({"report", "last", "-o", "jsonl"}).output);
  for (auto& row : reported) {
    row["group_id"] = row["group"];
    row.erase("group");
  }
  EXPECT_EQ(reported.size(), 2u);
  EXPECT_EQ(rows("FROM candidates ORDER BY candidate"), reported);
}

TEST_F(record_sql, comparisons_and_groups_are_those_of_the_report) {
  measure();
  const auto report = base::parse_json(binary_.run({"report", "last", "-o", "json"}).output, "report");
  const auto& group = report.at("groups").at(0);
  const auto& comparison = group.at("candidates").at(1).at("comparison");
  const auto row = rows("FROM comparisons").at(0);
  for (const char* name : {"baseline", "verdict", "claim_scope", "ranked", "level", "needs_loads"})
    EXPECT_EQ(row.at(name), comparison.at(name)) << name;
  EXPECT_EQ(row.at("these_loads_ratio"), comparison.at("these_loads").at("latency_ratio"));
  EXPECT_EQ(row.at("fresh_loads_ratio_high"), comparison.at("fresh_loads").at("latency_ratio_high"));
  EXPECT_EQ(row.at("verdict_at_stop"), group.at("stop").at("verdicts").at("c1"));
  EXPECT_EQ(rows("FROM groups").at(0).at("sentence"), group.at("sentence"));
  EXPECT_EQ(rows("FROM self_comparisons WHERE copy = 'second label'").at(0).at("latency_ratio"),
            group.at("self_comparison").at("second_label").at("latency_ratio"));
  EXPECT_EQ(rows("FROM reports").at(0).at("results"), report);
}

TEST_F(record_sql, samples_are_every_duration_of_the_record) {
  measure();
  measure();
  std::int64_t count = 0, sum_ns = 0, loads = 0;
  for (const auto& file : binary_.records()) {
    for (const auto& set : record::read(file).load_sets) {
      for (const auto& load : set.loads) {
        ++loads;
        for (const auto& block : load.blocks) {
          for (const auto duration_ns : block.durations_ns) {
            ++count;
            sum_ns += duration_ns;
          }
        }
      }
    }
  }
  EXPECT_GT(count, 100);
  const auto row = rows("SELECT count(*) n, sum(duration_ns)::BIGINT total FROM samples").at(0);
  EXPECT_EQ(row.at("n"), count);
  EXPECT_EQ(row.at("total"), sum_ns);
  EXPECT_EQ(rows("SELECT count(*) n FROM loads").at(0).at("n"), loads);
  EXPECT_EQ(rows("SELECT count(DISTINCT experiment) n FROM lines WHERE kind = 'end'").at(0).at("n"), 2);
}

TEST_F(record_sql, every_view_is_as_documented_and_needs_no_quotes) {
  measure();
  const auto documented = documented_views(documentation());
  std::vector<std::string> headings;
  for (const auto& [view, columns] : documented) headings.push_back(view);
  EXPECT_THAT(headings, testing::UnorderedElementsAreArray(record::view_names()));
  std::vector<std::string> existing;
  for (const auto& row :
       rows("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"))
    existing.push_back(row.at("view_name"));
  EXPECT_THAT(existing, testing::UnorderedElementsAreArray(record::view_names()));
  for (const auto& [view, columns] : documented) {
    std::string select = "DESCRIBE SELECT ";
    for (const auto& [name, type] : columns) select += name + ", ";
    for (const auto& sql : {"DESCRIBE " + view, select + "FROM " + view}) {
      std::vector<std::pair<std::string, std::string>> found;
      for (const auto& row : rows(sql)) found.emplace_back(row.at("column_name"), row.at("column_type"));
      EXPECT_EQ(found, columns) << view;
    }
  }
}

TEST_F(record_sql, the_documented_queries_run) {
  measure();
  int count = 0;
  for (const auto& block : base::split(documentation(), '`')) {
    if (!block.starts_with("\nSELECT")) continue;
    ++count;
    rows(block);
  }
  EXPECT_EQ(count, 3);
}

TEST_F(record_sql, each_format_prints_the_same_answer) {
  measure();
  const std::string sql = "SELECT candidate, ranked FROM candidates ORDER BY candidate";
  EXPECT_EQ(ask(sql, "csv").output, "candidate,ranked\nc0,\nc1,true\n");
  EXPECT_EQ(ask(sql, "jsonl").output,
            "{\"candidate\":\"c0\",\"ranked\":null}\n{\"candidate\":\"c1\",\"ranked\":true}\n");
  EXPECT_EQ(base::parse_json(ask(sql, "json").output, "json").size(), 2u);
  EXPECT_THAT(ask(sql, "md").output, HasSubstr("| c1        | true   |\n"));
  EXPECT_THAT(ask(sql, "table").output, HasSubstr("│ c1        │ true   │\n"));
  EXPECT_EQ(ask("SELECT 1 WHERE false", "jsonl").output, "");
  EXPECT_EQ(ask(sql, "csv").log, "");
}

TEST_F(record_sql, a_query_on_stdin_is_answered) {
  measure();
  auto request = binary_.request({"record", "sql", "-o", "csv"});
  request.standard_input = "SELECT count(*) AS n FROM candidates\n";
  EXPECT_EQ(process::run(request, std::chrono::minutes(1)).output, "n\n2\n");
}

TEST_F(record_sql, a_wrong_query_is_one_message_with_what_is_allowed) {
  const std::map<std::string, std::string> messages = {
      {"FROM candidate", "Did you mean \"candidates\"?"},
      {"FROM nothing_at_all", "the views are: experiments, environments"},
      {"SELECT lable FROM candidates", "\"label\""},
      {"SELEC 1", "syntax error at or near \"SELEC\""},
      {" ; ", "the query is missing"},
      {std::string(200'000, '-'), "at most 100000 are allowed"}};
  for (const auto& [sql, message] : messages) {
    const auto finished = sql.size() < 100'000 ? ask(sql) : [&] {
      auto request = binary_.request({"record", "sql"});
      request.standard_input = sql;
      return process::run(request, std::chrono::minutes(1));
    }();
    EXPECT_EQ(finished.exit.code, base::kExitUsage) << sql;
    EXPECT_THAT(finished.log, HasSubstr(message));
    EXPECT_EQ(finished.output, "");
  }
  EXPECT_THAT(ask("SELECT 1", "jsn").log, HasSubstr("unknown format 'jsn': did you mean 'json'?"));
}

TEST_F(record_sql, an_empty_record_has_all_views_and_no_rows) {
  for (const auto& view : record::view_names()) {
    const auto finished = ask("FROM " + view);
    EXPECT_EQ(finished.exit.code, 0) << finished.log;
    EXPECT_EQ(finished.output, "");
    EXPECT_THAT(finished.log, HasSubstr("no experiment is recorded"));
  }
}

TEST_F(record_sql, a_query_writes_no_file_and_reads_no_other) {
  measure();
  const auto record = binary_.records().at(0);
  const auto before = base::read_file(record, 1 << 24);
  const auto elsewhere = binary_.home() / "elsewhere.csv";
  base::write_file_atomically(binary_.home() / "secret.csv", "a\n1\n");
  for (const std::string& sql :
       {"COPY lines TO '" + record.string() + "' (FORMAT csv, USE_TMP_FILE false)",
        "COPY lines TO '" + elsewhere.string() + "'",
        "FROM '" + (binary_.home() / "secret.csv").string() + "'", "ATTACH '" + elsewhere.string() + "'",
        std::string("SET enable_external_access = true"), std::string("INSTALL httpfs"),
        ".output " + elsewhere.string(), ".shell touch " + elsewhere.string()}) {
    const auto finished = ask(sql);
    EXPECT_EQ(finished.exit.code, base::kExitUsage) << sql << finished.output;
    EXPECT_THAT(finished.output, Not(HasSubstr("1")));
  }
  EXPECT_EQ(base::read_file(record, 1 << 24), before);
  EXPECT_FALSE(fs::exists(elsewhere));
}

TEST_F(record_sql, the_settings_of_the_user_are_not_read) {
  base::write_file_atomically(binary_.home() / ".duckdbrc",
                              "CREATE TABLE mine AS SELECT 7 AS a;\n.mode csv\n");
  auto request = binary_.request({"record", "sql", "FROM mine"});
  request.environment["HOME"] = binary_.home().string();
  const auto finished = process::run(request, std::chrono::minutes(1));
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("Table with name mine does not exist"));
}

TEST(store_without_duckdb, tells_the_line_that_installs_it) {
  const Binary binary;
  for (const auto& words :
       {std::vector<std::string>{"sql", "FROM candidates"}, {"index"}, {"export", "parquet", "x"}}) {
    std::vector<std::string> line = {"record"};
    line.insert(line.end(), words.begin(), words.end());
    const auto finished = binary.run(line);
    EXPECT_EQ(finished.exit.code, base::kExitUsage);
    EXPECT_THAT(finished.log, HasSubstr("inferometer packages install duckdb"));
  }
}

}  // namespace
}  // namespace inferometer::tests
