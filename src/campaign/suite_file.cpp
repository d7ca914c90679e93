#include "campaign/suite_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "base/text.h"
#include "campaign/yaml_reader.h"
#include "plan/sets.h"

namespace inferometer::campaign {
namespace {

constexpr std::int64_t kMostRuns = 1'000'000;
constexpr std::int64_t kMostRepeats = 1'000;
constexpr double kMostBudgetSeconds = 86'400;  // a day for one group, as compare allows
constexpr double kMostMarginPercent = 50;
constexpr std::int64_t kMostSize = 1'000'000;
constexpr std::int64_t kMostThreads = 4'096;
constexpr std::size_t kMostFolderLength = 100;

/// Folders of the results that are not those of phases.
const std::vector<std::string> kOwnFolders = {"consolidated_report", "records"};

const std::vector<std::string>& keys_of(const std::string& place) { return suite_file_keys().at(place); }

std::vector<std::int64_t> sizes(const YamlPlace& place) {
  std::vector<std::int64_t> sizes;
  for (const auto& item : place.items()) {
    sizes.push_back(item.whole(1, kMostSize));
    if (std::count(sizes.begin(), sizes.end(), sizes.back()) > 1)
      item.fail(fmt::format("{} is given twice; leave one of them out", sizes.back()));
  }
  return sizes;
}

std::vector<std::string> texts(const YamlPlace& place) {
  std::vector<std::string> texts;
  for (const auto& item : place.items()) texts.push_back(item.text());
  return texts;
}

std::vector<std::string> thread_counts(const YamlPlace& place) {
  std::vector<std::string> counts;
  for (const auto& item : place.items()) {
    const bool all = !item.is_map() && item.text() == "all";
    counts.push_back(all ? "all" : std::to_string(item.whole(1, kMostThreads)));
  }
  return counts;
}

/// A name that is one folder on every system, whatever it is used for.
std::string folder(const YamlPlace& place) {
  const auto name = place.text();
  const bool good =
      name.size() <= kMostFolderLength && name.front() != '.' && name.front() != '-' &&
      std::all_of(name.begin(), name.end(), [](unsigned char letter) {
        return letter < 0x80 && (std::isalnum(letter) || letter == '_' || letter == '-' || letter == '.');
      });
  if (!good) {
    place.fail(fmt::format("'{}' is no name for a folder; use up to {} of a-z, A-Z, 0-9, _, - and .",
                           base::printable(name, 60), kMostFolderLength));
  }
  return name;
}

PhaseModel phase_model(const YamlPlace& place) {
  if (!place.is_map()) {
    const auto model = place.text();
    return {model, folder_name(model)};
  }
  PhaseModel one;
  for (const auto& [key, value] : place.members(keys_of("models"))) {
    if (key == "model") one.model = value.text();
    if (key == "folder") one.folder = folder(value);
  }
  if (one.model.empty()) place.fail("key 'model' is missing: write model: NAME");
  if (one.folder.empty()) one.folder = folder_name(one.model);
  return one;
}

std::vector<PhaseModel> phase_models(const YamlPlace& place) {
  std::vector<PhaseModel> models;
  for (const auto& item : place.items()) {
    models.push_back(phase_model(item));
    for (std::size_t i = 0; i + 1 < models.size(); ++i) {
      if (models[i].folder != models.back().folder) continue;
      item.fail(fmt::format("'{}' and '{}' would share the folder {}; write model: and folder: for one",
                            base::printable(models[i].model, 80), base::printable(models.back().model, 80),
                            models[i].folder));
    }
  }
  return models;
}

Folders folders(const YamlPlace& place) {
  const auto word = place.word("value", {"model", "candidate", "batch_size"});
  if (word == "candidate") return Folders::Candidate;
  return word == "batch_size" ? Folders::BatchSize : Folders::Model;
}

Phase phase(const YamlPlace& place) {
  Phase phase;
  for (const auto& [key, value] : place.members(keys_of("phases"))) {
    if (key == "name") phase.name = folder(value);
    if (key == "models") phase.models = phase_models(value);
    if (key == "set") phase.set = value.word("set", plan::known_sets());
    if (key == "candidates") phase.candidates = texts(value);
    if (key == "variants") phase.variants = texts(value);
    if (key == "engines") phase.engines = texts(value);
    if (key == "batch_sizes") phase.batch_sizes = sizes(value);
    if (key == "sequence_lengths") phase.sequence_lengths = sizes(value);
    if (key == "folders") phase.folders = folders(value);
  }
  if (phase.name.empty()) place.fail("key 'name' is missing: write name: FOLDER");
  if (phase.models.empty()) place.fail("key 'models' is missing: write models: [NAME, ...]");
  const bool has_product = !phase.variants.empty() || !phase.engines.empty();
  if ((phase.set.empty() ? 0 : 1) + (phase.candidates.empty() ? 0 : 1) + (has_product ? 1 : 0) > 1)
    place.fail("candidates are named in one way: keep 'set', or 'candidates', or 'variants' and 'engines'");
  return phase;
}

std::vector<Phase> phases(const YamlPlace& place) {
  std::vector<Phase> phases;
  for (const auto& item : place.items()) {
    phases.push_back(phase(item));
    const auto& name = phases.back().name;
    const auto same =
        std::count_if(phases.begin(), phases.end(), [&](const Phase& other) { return other.name == name; });
    if (same > 1) item.fail("two phases have the name " + name + "; give one of them another");
    if (std::find(kOwnFolders.begin(), kOwnFolders.end(), name) != kOwnFolders.end())
      item.fail(name + " is a folder of every suite; give the phase another name");
  }
  return phases;
}

Samples samples(const YamlPlace& place, const std::string& kind) {
  Samples samples;
  for (const auto& [key, value] : place.members(keys_of("dataset." + kind))) {
    if (key == "path") samples.path = value.text();
    if (key == "num_samples") samples.count = value.whole(1, kMostRuns);
  }
  return samples;
}

void read_dataset(const YamlPlace& place, SuiteFile& file) {
  for (const auto& [key, value] : place.members(keys_of("dataset")))
    (key == "text" ? file.texts : file.images) = samples(value, key);
}

void read_benchmark(const YamlPlace& place, SuiteFile& file) {
  for (const auto& [key, value] : place.members(keys_of("benchmark"))) {
    if (key == "warmup_iterations") file.warm_up_runs = value.whole(1, kMostRuns);
    if (key == "test_iterations") file.timed_runs = value.whole(1, kMostRuns);
    if (key == "repeat_runs") file.repeats = value.whole(1, kMostRepeats);
    if (key == "budget_seconds") file.budget_seconds = value.positive(kMostBudgetSeconds);
    if (key == "margin_percent") file.margin_percent = value.positive(kMostMarginPercent);
  }
}

}  // namespace

const std::map<std::string, std::vector<std::string>>& suite_file_keys() {
  static const std::map<std::string, std::vector<std::string>> keys = {
      {"",
       {"mode", "benchmark", "batch_sizes", "sequence_lengths", "threads", "dataset", "missing_weights",
        "seed", "phases"}},
      {"benchmark",
       {"warmup_iterations", "test_iterations", "repeat_runs", "budget_seconds", "margin_percent"}},
      {"dataset", {"text", "image"}},
      {"dataset.text", {"path", "num_samples"}},
      {"dataset.image", {"path", "num_samples"}},
      {"phases",
       {"name", "models", "set", "candidates", "variants", "engines", "batch_sizes", "sequence_lengths",
        "folders"}},
      {"models", {"model", "folder"}},
  };
  return keys;
}

SuiteFile parse_suite_file(std::string_view text, const std::string& origin) {
  SuiteFile file;
  for (const auto& [key, value] : YamlPlace::parse(text, origin).members(keys_of(""))) {
    if (key == "mode") file.mode = value.word("mode", {"quick", "standard", "full"});
    if (key == "benchmark") read_benchmark(value, file);
    if (key == "batch_sizes") file.batch_sizes = sizes(value);
    if (key == "sequence_lengths") file.sequence_lengths = sizes(value);
    if (key == "threads") file.threads = thread_counts(value);
    if (key == "dataset") read_dataset(value, file);
    if (key == "missing_weights")
      file.synthetic_for_missing = value.word("value", {"skip", "synthetic"}) == "synthetic";
    if (key == "seed")
      file.seed = static_cast<std::uint64_t>(value.whole(0, std::numeric_limits<std::int64_t>::max()));
    if (key == "phases") file.phases = phases(value);
  }
  return file;
}

std::string folder_name(const std::string& model) {
  // "./x/" and "./x" are one folder of models.
  auto path = std::filesystem::path(model);
  if (!path.has_filename()) path = path.parent_path();
  const auto extension = path.extension();
  const bool is_model_file = extension == ".onnx" || extension == ".tflite";
  std::string name = (is_model_file ? path.stem() : path.filename()).string();
  for (char& letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    letter = byte < 0x80 && std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '_';
  }
  name.resize(std::min(name.size(), kMostFolderLength));
  return name.empty() ? "model" : name;
}

}  // namespace inferometer::campaign
