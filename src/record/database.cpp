#include "record/database.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "process/process.h"
#include "record/database_files.h"
#include "record/database_script.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kForEver{24 * 365};
// Linux passes no longer words to a program.
constexpr std::size_t kLongestQueryBytes = 100'000;
constexpr const char* kScript = "script.sql";
constexpr const char* kSpill = "spill";
/// The line after which all that is printed is the result.
constexpr std::string_view kReady = "ready\n";

struct Mode {
  const char* format;
  const char* commands;  ///< of DuckDB's shell
};
constexpr std::array<Mode, 5> kModes = {{{"table", ".mode box\n"},
                                         {"csv", ".mode csv\n.nullvalue ''\n.separator , \\n\n"},
                                         {"json", ".mode json\n"},
                                         {"jsonl", ".mode jsonlines\n"},
                                         {"md", ".mode markdown\n.nullvalue ''\n"}}};

std::string mode_of(const Query& query) {
  if (query.format == "table" && query.width > 0)
    return fmt::format(".mode duckbox\n.maxwidth {}\n", query.width);
  const auto mode = std::ranges::find(kModes, query.format, &Mode::format);
  if (mode == kModes.end())
    throw base::UserError(base::unknown_word("format", query.format, query_formats()));
  return mode->commands;
}

/// What DuckDB says, fit for a terminal, its line with the place marked kept.
std::string words_of(const process::Finished& finished) {
  std::string words;
  for (const auto& line : base::split(finished.log, '\n')) words += base::printable(line, 2000) + "\n";
  words.erase(words.find_last_not_of(" \n") + 1);
  return words.empty() ? "DuckDB ended with " + finished.exit.to_text() : words;
}

std::string with_advice(const std::string& words) {
  if (words.starts_with("Catalog Error: Table"))
    return words + "\nthe views are: " + base::join(view_names(), ", ");
  if (words.starts_with("Permission Error"))
    return words +
           "\na query reads the record and nothing else; to write a file use -o, or: inferometer "
           "record export parquet FOLDER";
  return words;
}

/// Takes kReady off the front of a stream, and blank lines where the format knows none.
class Result {
 public:
  Result(const std::function<void(std::string_view)>& print, bool blank_is_nothing)
      : print_(print), blank_is_nothing_(blank_is_nothing) {}

  void take(std::string_view bytes) {
    const std::size_t rest = std::min(kReady.size() - ready_bytes_, bytes.size());
    ready_bytes_ += rest;
    bytes.remove_prefix(rest);
    if (blank_is_nothing_ && bytes == "\n") return;
    if (!bytes.empty()) print_(bytes);
  }
  bool is_ready() const { return ready_bytes_ == kReady.size(); }

 private:
  const std::function<void(std::string_view)>& print_;
  bool blank_is_nothing_;
  std::size_t ready_bytes_ = 0;
};

}  // namespace

const std::vector<std::string>& query_formats() {
  static const std::vector<std::string> formats = [] {
    std::vector<std::string> names;
    for (const auto& mode : kModes) names.emplace_back(mode.format);
    return names;
  }();
  return formats;
}

Database::Database(fs::path duckdb, Sources sources)
    : duckdb_(std::move(duckdb)), sources_(std::move(sources)), index_(index_path(sources_)) {}

bool Database::is_indexed() const { return is_database_file(index_); }

bool Database::has_old_index() const { return !is_indexed() && !indexes_in(sources_.folder).empty(); }

/// How DuckDB is started, and what it does first.
struct Database::Opened {
  std::vector<std::string> arguments;
  std::string script;
};

Database::Opened Database::open(const fs::path& spill) const {
  Opened opened;
  opened.arguments = {duckdb_.string(), "-no-init", "-bail"};
  opened.script = settings_sql(spill);
  if (is_indexed()) {
    opened.arguments.insert(opened.arguments.end(), {"-readonly", index_.string()});
  } else {
    opened.script += views_sql(sources_);
  }
  return opened;
}

void Database::query(const Query& query, const std::function<void(std::string_view)>& print) const {
  if (query.sql.size() > kLongestQueryBytes) {
    throw base::UserError(
        fmt::format("the query has {} bytes, at most {} are allowed", query.sql.size(), kLongestQueryBytes));
  }
  const base::ScratchFolder scratch("query");
  auto [arguments, script] = open(scratch.path() / kSpill);
  script += ".highlight off\n" + mode_of(query) + ".safe_mode\n.print ready\n";
  base::write_file_atomically(scratch.path() / kScript, script);

  Result result(print, query.format == "jsonl");
  process::SpawnRequest request;
  request.arguments = std::move(arguments);
  request.arguments.insert(request.arguments.end(),
                           {"-batch", "-cmd", std::string(".read ") + kScript, "-c", query.sql});
  request.working_folder = scratch.path().string();
  request.standard_output_to = [&result](std::string_view bytes) { result.take(bytes); };
  const auto finished = process::run(request, kForEver);
  if (!finished.exit.signalled && finished.exit.code == 0 && result.is_ready()) return;
  if (!result.is_ready()) throw base::UserError("DuckDB cannot read the record: " + words_of(finished));
  throw base::UserError("the query failed: " + with_advice(words_of(finished)));
}

void Database::become_shell() const {
  auto [arguments, script] = open(sources_.folder / fmt::format("spill-{}", ::getpid()));
  script += ".safe_mode\n";
  // In memory: a file would outlive this program, which nobody is left to clean up after.
  const int memory = ::memfd_create("views", 0);
  if (memory < 0 || ::write(memory, script.data(), script.size()) != static_cast<ssize_t>(script.size()))
    throw base::UserError("the shell cannot be prepared: " + base::errno_text(errno));
  arguments.insert(arguments.end(), {"-cmd", fmt::format(".read /proc/self/fd/{}", memory)});
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  ::execv(duckdb_.c_str(), words.data());
  throw base::UserError(duckdb_.string() + ": cannot be started: " + base::errno_text(errno));
}

void Database::run_script(const std::string& sql) const {
  const base::ScratchFolder scratch("query");
  auto [arguments, script] = open(scratch.path() / kSpill);
  base::write_file_atomically(scratch.path() / kScript, script + sql);
  process::SpawnRequest request;
  request.arguments = std::move(arguments);
  request.arguments.insert(request.arguments.end(), {"-batch", "-f", kScript});
  request.working_folder = scratch.path().string();
  const auto finished = process::run(request, kForEver);
  if (finished.exit.signalled || finished.exit.code != 0) throw base::UserError(words_of(finished));
}

fs::path Database::make_index() const {
  if (is_indexed()) return index_;
  const auto before = indexes_in(sources_.folder);
  UnfinishedFiles unfinished(sources_.folder);
  const auto made = unfinished.folder() / index_.filename();
  // The oldest format that compresses texts well: a third of the size of DuckDB's default.
  std::string sql = "ATTACH " + sql_text(made.string()) + " AS made (STORAGE_VERSION 'v1.2.0');\n";
  for (const auto& view : view_names()) sql += fmt::format("CREATE TABLE made.{0} AS FROM {0};\n", view);
  run_script(sql + "DETACH made;\n");
  unfinished.publish(made, index_);
  for (const auto& old : before) {
    if (old != index_) fs::remove(old);
  }
  return index_;
}

std::vector<fs::path> Database::export_parquet(const fs::path& target) const {
  const auto files = parquet_files(target);
  const auto folder = fs::absolute(files.front().second).parent_path();
  base::require_writable_folder(folder);
  UnfinishedFiles unfinished(folder);
  std::string sql;
  for (const auto& [view, file] : files) {
    sql += fmt::format("COPY (FROM {}) TO {} (FORMAT parquet, COMPRESSION zstd);\n", view,
                       sql_text((unfinished.folder() / file.filename()).string()));
  }
  run_script(sql);
  std::vector<fs::path> written;
  for (const auto& [view, file] : files) {
    unfinished.publish(unfinished.folder() / file.filename(), file);
    written.push_back(file);
  }
  return written;
}

}  // namespace inferometer::record
