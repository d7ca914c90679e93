#include "record/reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <charconv>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "record/descriptor.h"
#include "results/json.h"

namespace inferometer::record {
namespace {

using base::Json;
using results::Experiment;

/// Ends the whole walk: nothing of a newer major version can be understood.
class NewerFormat : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void require_known_version(const Json& value) {
  const std::string format = value.at("format").get<std::string>();
  int major = 0;
  const auto [end, error] = std::from_chars(format.data(), format.data() + format.size(), major);
  if (error != std::errc{} || major > kFormatMajor) {
    throw NewerFormat(fmt::format("has format {}, this program reads up to {}.x: use a newer inferometer",
                                  base::printable(format, 20), kFormatMajor));
  }
}

void read_experiment(const Json& value, Experiment& experiment) {
  require_known_version(value);
  value.at("id").get_to(experiment.id);
  value.at("title").get_to(experiment.title);
  value.at("started_utc").get_to(experiment.started_utc);
  value.at("plan").get_to(experiment.plan);
  value.at("environment").get_to(experiment.environment);
}

template <typename T, std::vector<T> Experiment::*list>
void append(const Json& value, Experiment& experiment) {
  (experiment.*list).push_back(value.get<T>());
}

/// What a line of each kind adds. Kinds of newer minor versions are not in it and are passed over.
const std::map<std::string, void (*)(const Json&, Experiment&)>& readers() {
  static const std::map<std::string, void (*)(const Json&, Experiment&)> table = {
      {"experiment", read_experiment},
      {"preparation", append<results::Preparation, &Experiment::preparations>},
      {"truth_check", append<results::TruthCheck, &Experiment::truth_checks>},
      {"harness_cost", append<results::HarnessCost, &Experiment::harness_costs>},
      {"load_set", append<results::LoadSet, &Experiment::load_sets>},
      {"group_stop", append<results::GroupStop, &Experiment::stops>},
      {"candidate_outcome", append<results::CandidateOutcome, &Experiment::outcomes>},
      {"invocation",
       [](const Json&, Experiment& experiment) {
         ++experiment.invocations;
         experiment.interrupted = false;
       }},
      {"interrupted", [](const Json&, Experiment& experiment) { experiment.interrupted = true; }},
      {"end", [](const Json&, Experiment&) {}},
  };
  return table;
}

void read_line(const Line& line, Experiment& experiment, std::map<std::string, int>& unknown_kinds) {
  const auto reader = readers().find(line.kind);
  if (reader == readers().end()) {
    ++unknown_kinds[line.kind];
    return;
  }
  try {
    reader->second(line.value, experiment);
  } catch (const Json::exception& error) {
    throw base::UserError(fmt::format("{} cannot be read: {}", base::printable(line.item, 80), error.what()));
  }
}

/// Half a line at the end of a record that a writer holds is no crash.
bool is_being_written(const std::filesystem::path& file) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

Loaded load(const std::filesystem::path& file, const std::function<void(const Line&)>& visit) {
  Loaded loaded;
  std::map<std::string, int> unknown_kinds;
  try {
    loaded.scan = scan(file, [&](const Line& line) {
      read_line(line, loaded.experiment, unknown_kinds);
      if (visit) visit(line);
    });
  } catch (const NewerFormat& error) {
    throw base::RecordError(file.string() + ": " + error.what());
  }
  for (const auto& [kind, count] : unknown_kinds) {
    loaded.scan.remarks.push_back(fmt::format("{} line{} of kind '{}', which this version does not know",
                                              count, count == 1 ? "" : "s", base::printable(kind, 40)));
  }
  loaded.experiment.ended = loaded.scan.ended;
  if (!loaded.scan.tail.empty() && is_being_written(file)) {
    loaded.scan.remarks.emplace_back("a running experiment is writing its next line");
    loaded.experiment.damage = loaded.scan.problems;
  } else {
    loaded.experiment.damage = loaded.scan.all_problems();
  }
  return loaded;
}

Loaded load_usable(const std::filesystem::path& file, const std::function<void(const Line&)>& visit) {
  Loaded loaded = load(file, visit);
  if (loaded.experiment.id.empty()) {
    const auto& damage = loaded.experiment.damage;
    throw base::RecordError(file.string() + ": its first line, which holds the plan, cannot be used" +
                            (damage.empty() ? "" : " (" + damage.front() + ")") +
                            ": look for another copy of the file");
  }
  return loaded;
}

results::Experiment read(const std::filesystem::path& file) { return load_usable(file).experiment; }

Check check(const std::filesystem::path& file) {
  auto [experiment, found] = load(file);
  Check check{
      file, experiment.id, found.lines, found.ended, std::move(experiment.damage), std::move(found.remarks)};
  if (check.id.empty() && check.problems.empty()) check.problems.emplace_back("it holds no experiment");
  return check;
}

}  // namespace inferometer::record
