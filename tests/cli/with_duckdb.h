// The real binary with the real DuckDB, where that is installed.
#pragma once

#include <filesystem>
#include <sstream>

#include "packages/tool.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {

class WithDuckdb : public testing::Test {
 protected:
  void SetUp() override {
    const auto installed = base::cache_folder() / "packages" / "duckdb";
    if (!std::filesystem::exists(installed))
      GTEST_SKIP() << "needs DuckDB: inferometer packages install duckdb";
    std::filesystem::create_directories(binary_.home() / "cache" / "packages");
    std::filesystem::create_directory_symlink(installed, binary_.home() / "cache" / "packages" / "duckdb");
  }

  /// One more record, decided or not.
  void measure() {
    const auto before = binary_.records().size();
    binary_.run(quick_null({"--budget", "1"}));
    ASSERT_EQ(binary_.records().size(), before + 1);
  }

  process::Finished ask(const std::string& sql, const std::string& format = "jsonl") const {
    return binary_.run({"record", "sql", sql, "-o", format});
  }

  /// One element a row. Fails the test when the query does.
  std::vector<base::Json> rows(const std::string& sql) const {
    const auto finished = ask(sql);
    EXPECT_EQ(finished.exit.code, 0) << sql << "\n" << finished.log;
    return json_lines(finished.output);
  }

  static std::vector<base::Json> json_lines(const std::string& text) {
    std::vector<base::Json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(base::parse_json(line, "a line"));
    return lines;
  }

  static std::filesystem::path duckdb() {
    return packages::find_program(packages::Installed::open(), "duckdb", "the record is queried with DuckDB");
  }

  /// The index; empty when there is none.
  std::filesystem::path index() const {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(binary_.home() / "cache" / "queries")) {
      if (entry.path().extension() == ".duckdb") return entry.path();
    }
    return {};
  }

  Binary binary_;
};

}  // namespace inferometer::tests
