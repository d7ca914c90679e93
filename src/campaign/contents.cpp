#include "campaign/contents.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "campaign/folder.h"
#include "record/reader.h"

namespace inferometer::campaign {
namespace {

namespace fs = std::filesystem;
using base::UserError;

/// What is wrong, with the file by its name in the folder: the same folder elsewhere is the same report.
std::string problem_of(const std::string& name, const fs::path& file, std::string message) {
  const auto path = file.string() + ": ";
  if (message.starts_with(path)) message.erase(0, path.size());
  return name + ": " + message;
}

/// Reads a record into the part; what is wrong with it becomes its problem.
void read_record(const fs::path& file, Part& part, bool& damaged) {
  const auto name = "records/" + file.filename().string();
  try {
    part.experiment = record::read(file);
  } catch (const base::RecordError& error) {
    part.problem = problem_of(name, file, error.what());
  } catch (const UserError& error) {
    part.problem = problem_of(name, file, error.what());
  }
  if (!part.problem.empty()) {
    damaged = true;
    return;
  }
  const auto stem = file.stem().string();
  if (!part.experiment.id.starts_with(stem.substr(stem.rfind('-') + 1))) {
    damaged = true;
    part.problem = name + ": holds the experiment " + base::printable(part.experiment.id, 8) +
                   ", so it is not the file of that name";
    return;
  }
  part.has_record = true;
  if (!part.experiment.ended) part.problem = name + ": has no end: lines of it may be missing";
  if (!part.experiment.damage.empty()) part.problem = name + ": damaged; its whole lines are reported";
  damaged = damaged || !part.problem.empty();
}

Part part_of(const SuiteEntry& entry, const fs::path& results, bool& damaged) {
  Part part;
  part.folder = entry.folder;
  if (entry.state == SuiteEntry::State::Measured)
    read_record(records_folder(results) / entry.record, part, damaged);
  else
    part.problem = entry.state == SuiteEntry::State::Failed ? entry.reason : "not measured yet";
  return part;
}

/// Records by name: the order of the folder is not always the same.
std::set<fs::path> records_in(const fs::path& results) {
  std::set<fs::path> files;
  std::error_code none;
  for (fs::directory_iterator at(records_folder(results), none), end; at != end; at.increment(none)) {
    if (at->path().extension() == ".jsonl") files.insert(at->path());
  }
  return files;
}

/// Without a state the records are all there is; their titles say where they belong.
void add_records_without_state(const fs::path& results, Contents& read) {
  constexpr std::string_view kTitle = "suite ";
  for (const auto& file : records_in(results)) {
    Part part;
    read_record(file, part, read.damaged);
    const auto& title = part.experiment.title;
    part.folder = title.starts_with(kTitle) ? title.substr(kTitle.size()) : file.filename().string();
    read.parts.push_back(std::move(part));
  }
  std::sort(read.parts.begin(), read.parts.end(),
            [](const auto& a, const auto& b) { return a.folder < b.folder; });
}

}  // namespace

Contents read_contents(const fs::path& results) {
  Contents read;
  const bool has_state = has_suite_state(results);
  if (!has_state && records_in(results).empty()) {
    throw UserError(base::printable(results.string()) +
                    ": no folder of a suite's results: it has neither suite.json nor records/");
  }
  const auto report_records = [&](const std::string& problem) {
    read.damaged = true;
    read.problems.push_back(problem + ": all records are reported, experiments without one are not known");
    add_records_without_state(results, read);
  };
  if (!has_state) {
    report_records("suite.json: is missing");
    return read;
  }
  try {
    const auto state = read_suite_state(results);
    read.command = state.command;
    read.started_utc = state.started_utc;
    for (const auto& entry : state.entries) read.parts.push_back(part_of(entry, results, read.damaged));
  } catch (const UserError& error) {
    report_records(problem_of("suite.json", results / "suite.json", error.what()));
  }
  return read;
}

}  // namespace inferometer::campaign
