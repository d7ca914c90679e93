#include "cli/record.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/progress.h"
#include "cli/record_query.h"
#include "record/list.h"
#include "record/reader.h"
#include "report/core/reasons.h"

namespace inferometer::cli {
namespace {

using base::printable;

constexpr std::size_t kLongestCommand = 80;

std::string plural(std::size_t count, const char* word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

int list() {
  const auto folder = record::record_folder();
  const auto entries = record::list(folder);
  if (entries.empty()) {
    say("no experiment is recorded in " + folder.string() + " yet: run  inferometer compare MODEL");
    return base::kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "STARTED", "STATE", "TITLE", "COMMAND"}};
  for (const auto& entry : entries) {
    // A file that tells no id is named by its path, so that it can be found.
    const auto shown_id = entry.id.empty() ? entry.file.string() : entry.id.substr(0, 8);
    rows.push_back({printable(shown_id), printable(entry.started_utc, 20), entry.state,
                    printable(entry.title, 20), printable(entry.command, kLongestCommand)});
  }
  std::fputs(columns(rows).c_str(), stdout);
  return base::kExitOk;
}

int show(const std::string& word) {
  const auto file = record::find(record::record_folder(), word.empty() ? "last" : word);
  const auto experiment = record::read(file);
  std::vector<std::vector<std::string>> rows = {
      {"id", printable(experiment.id)},
      {"title", printable(experiment.title)},
      {"started", printable(experiment.started_utc)},
      {"state", experiment.ended         ? "ended"
                : experiment.interrupted ? "interrupted"
                                         : "unfinished"},
      {"command", printable(experiment.plan.command, 1000)},
      {"seed", std::to_string(experiment.plan.seed)},
      {"machine", printable(experiment.environment.cpu_model)},
      {"invocations", std::to_string(experiment.invocations)},
      {"file", file.string()},
  };
  for (const auto& group : experiment.plan.groups) {
    std::size_t load_sets = 0;
    for (const auto& set : experiment.load_sets) load_sets += set.group == group.id ? 1 : 0;
    std::string stop = "not finished";
    for (const auto& one : experiment.stops) {
      if (one.group == group.id) stop = printable(report::words(one.reason));
    }
    rows.push_back(
        {"group " + printable(group.id, 20),
         fmt::format("{}, batch {}, {}, {}, {}", printable(group.workload.model), group.workload.batch_size,
                     plural(group.candidates.size(), "candidate"), plural(load_sets, "load set"), stop)});
  }
  for (const auto& damage : experiment.damage) rows.push_back({"damage", printable(damage)});
  std::fputs(columns(rows).c_str(), stdout);
  return experiment.damage.empty() ? base::kExitOk : base::kExitRecord;
}

/// True when the record is whole.
bool check_one(const std::filesystem::path& file) {
  const auto found = record::check(file);
  const std::string verdict = found.problems.empty() ? "whole" : "damaged";
  fmt::print("{}: {}, {} lines{}\n", file.string(), verdict, found.lines, found.ended ? ", ended" : "");
  for (const auto& problem : found.problems) fmt::print("  {}\n", printable(problem));
  for (const auto& remark : found.remarks) fmt::print("  remark: {}\n", printable(remark));
  return found.problems.empty();
}

int check(const std::string& word) {
  if (!word.empty()) {
    return check_one(record::find(record::record_folder(), word)) ? base::kExitOk : base::kExitRecord;
  }
  bool all_whole = true;
  for (const auto& entry : record::list(record::record_folder())) {
    try {
      const bool whole = check_one(entry.file);
      // Whole files may still contradict each other.
      if (whole && entry.state == "damaged")
        fmt::print("  another copy of this experiment has other lines\n");
      all_whole = all_whole && whole && entry.state != "damaged";
    } catch (const base::RecordError& error) {
      fmt::print("{}\n", printable(error.what()));
      all_whole = false;
    }
  }
  return all_whole ? base::kExitOk : base::kExitRecord;
}

int path(const std::string& word) {
  const auto folder = record::record_folder();
  fmt::print("{}\n", word.empty() ? folder.string() : record::find(folder, word).string());
  return base::kExitOk;
}

struct Action {
  const char* name;
  const char* summary;
  RecordAction action;
};
constexpr Action kActions[] = {
    {"list", "every experiment, newest first", RecordAction::List},
    {"show", "one experiment in words", RecordAction::Show},
    {"check", "verify the chain of one record, or of all", RecordAction::Check},
    {"path", "where the files are", RecordAction::Path},
};

}  // namespace

Run add_record(CLI::App& app, const Invocation&) {
  const auto arguments = std::make_shared<RecordArguments>();
  for (const auto& [name, summary, action] : kActions) {
    auto* sub = app.add_subcommand(name, summary);
    if (action != RecordAction::List)
      sub->add_option("EXPERIMENT", arguments->experiment, "an id, the beginning of one, last or a path");
    sub->callback([arguments, action = action] { arguments->action = action; });
  }
  const auto query = add_queries(app);
  app.require_subcommand(1);
  app.footer(
      "examples:\n  inferometer record list\n  inferometer record show last\n  inferometer record check\n  "
      "inferometer record sql \"FROM candidates\"\n");
  return [arguments, query] {
    if (const auto run = query()) return run();
    return run_record(*arguments);
  };
}

int run_record(const RecordArguments& arguments) {
  switch (arguments.action) {
    case RecordAction::List:
      return list();
    case RecordAction::Show:
      return show(arguments.experiment);
    case RecordAction::Check:
      return check(arguments.experiment);
    case RecordAction::Path:
      return path(arguments.experiment);
  }
  return base::kExitInternal;
}

}  // namespace inferometer::cli
