#include "cli/record_query.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/progress.h"
#include "packages/installed.h"
#include "packages/tool.h"
#include "record/database.h"
#include "record/list.h"
#include "report/report.h"
#include "select/select.h"

namespace inferometer::cli {
namespace {

/// What reports say of an experiment: the same bytes, so that no number is computed a second way.
std::vector<record::DerivedLine> derive(const results::Experiment& experiment) {
  const auto analysis = analysis::analyse(experiment);
  const auto advice = select::advise(experiment, analysis);
  const report::Input input{experiment, analysis, advice};
  const auto printed = [&](const char* format) {
    return report::format(format).print(input, report::Style{});
  };
  std::vector<record::DerivedLine> lines = {{"results", base::parse_json(printed("json"), "results.json")}};
  for (const auto& row : base::split(printed("jsonl"), '\n')) {
    if (!row.empty()) lines.push_back({"candidate", base::parse_json(row, "results.jsonl")});
  }
  return lines;
}

struct Opened {
  record::Database database;
  bool is_whole;  ///< nothing of the record is left out
};

Opened open() {
  const auto duckdb =
      packages::find_program(packages::Installed::open(), "duckdb", "the record is queried with DuckDB");
  const auto records = record::record_folder();
  // Two records may share a cache.
  const auto memory = base::cache_folder() / "queries" / base::sha256_hex(records.string()).substr(0, 16);
  auto sources = record::verified_sources(records, memory, derive);
  if (sources.all.empty() && sources.left_out.empty())
    say("no experiment is recorded in " + records.string() + " yet: run  inferometer compare MODEL");
  if (!sources.left_out.empty()) say("the record is damaged; left out is:");
  for (const auto& one : sources.left_out) say("  " + base::printable(one));
  const bool is_whole = sources.left_out.empty();
  record::Database database(duckdb, std::move(sources));
  if (database.has_old_index())
    say("the index is of an older state of the record and not used; to make it anew: inferometer record "
        "index");
  return {std::move(database), is_whole};
}

int exit_of(const Opened& opened) { return opened.is_whole ? base::kExitOk : base::kExitRecord; }

/// Remembers why stdout could not be written to; control characters do not reach a terminal.
class Printer {
 public:
  void print(std::string_view bytes) {
    if (!is_terminal_) return write(bytes);
    line_ += bytes;
    for (auto end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
      write(base::printable(line_.substr(0, end), end + 1) + "\n");
      line_.erase(0, end + 1);
    }
  }
  void finish() {
    if (!line_.empty()) write(base::printable(line_, line_.size()));
    if (reason_ == 0 && std::fflush(stdout) != 0) reason_ = errno;
    if (reason_ != 0) throw base::UserError("stdout cannot be written: " + base::errno_text(reason_));
  }

 private:
  void write(std::string_view bytes) {
    if (reason_ == 0 && std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) reason_ = errno;
  }

  bool is_terminal_ = ::isatty(STDOUT_FILENO) != 0;
  std::string line_;
  int reason_ = 0;
};

std::string query_of(const SqlArguments& arguments) {
  if (!arguments.query.empty()) return arguments.query;
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

constexpr const char* kSqlExamples = R"(examples:
  inferometer record sql "SELECT label, verdict, speed_up FROM candidates"
  inferometer record sql "SELECT engine, median(median_ns) / 1e6 AS ms FROM candidates GROUP BY engine" -o csv
  inferometer record sql "DESCRIBE samples"
  inferometer record sql
docs/record.md describes every view and column with its unit.
)";

Run add_sql(CLI::App& app) {
  const auto arguments = std::make_shared<SqlArguments>();
  app.add_option("QUERY", arguments->query, "default: stdin, or a shell at a terminal");
  app.add_option("-o", arguments->format, "format on stdout: table, csv, json, jsonl, md")
      ->capture_default_str();
  app.footer(kSqlExamples);
  return [arguments] { return run_sql(*arguments); };
}

Run add_index(CLI::App& app) {
  app.footer("examples:\n  inferometer record index\n  duckdb \"$(inferometer record index)\"\n");
  return run_index;
}

Run add_export(CLI::App& app) {
  const auto arguments = std::make_shared<ExportArguments>();
  app.add_option("FORMAT", arguments->format, "parquet")->required();
  app.add_option("TARGET", arguments->target, "a folder for every view, or VIEW.parquet for one")->required();
  app.footer(
      "examples:\n  inferometer record export parquet ./tables\n  inferometer record export parquet "
      "candidates.parquet\n");
  return [arguments] { return run_export(*arguments); };
}

}  // namespace

std::function<Run()> add_queries(CLI::App& record) {
  const auto chosen = std::make_shared<Run>();
  const auto add = [&](const char* name, const char* summary, Run (*flags)(CLI::App&)) {
    auto* sub = record.add_subcommand(name, summary);
    sub->callback([chosen, run = flags(*sub)] { *chosen = run; });
  };
  add("sql", "query all records in SQL, with DuckDB", add_sql);
  add("index", "a DuckDB file of all records, so that queries are quick", add_index);
  add("export", "the views of sql as files", add_export);
  return [chosen] { return *chosen; };
}

int run_sql(const SqlArguments& arguments) {
  const bool shell = arguments.query.empty() && ::isatty(STDIN_FILENO) != 0;
  const auto sql = shell ? std::string() : query_of(arguments);
  if (!shell && sql.find_first_not_of(" \t\r\n;") == std::string::npos) {
    throw base::UserError(
        "the query is missing: give it as a word or on stdin; at a terminal a shell is opened without one. "
        "For "
        "example: inferometer record sql \"FROM candidates\"");
  }
  const auto opened = open();
  if (shell) {
    say("the views are: " + base::join(record::view_names(), ", "));
    opened.database.become_shell();
  }
  Printer printer;
  const int width = ::isatty(STDOUT_FILENO) != 0 ? terminal_width(STDOUT_FILENO) : 0;
  opened.database.query({sql, arguments.format, width},
                        [&printer](std::string_view bytes) { printer.print(bytes); });
  printer.finish();
  return exit_of(opened);
}

int run_index() {
  const auto opened = open();
  std::puts(opened.database.make_index().c_str());
  return exit_of(opened);
}

int run_export(const ExportArguments& arguments) {
  const std::vector<std::string> formats = {"parquet"};
  if (arguments.format != formats.front())
    throw base::UserError(base::unknown_word("format", arguments.format, formats));
  const auto opened = open();
  for (const auto& file : opened.database.export_parquet(arguments.target)) say("wrote  " + file.string());
  return exit_of(opened);
}

}  // namespace inferometer::cli
