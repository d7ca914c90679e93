// A suite file (YAML): what a suite measures and how hard, as plain structs. schema/suite.schema.json is the
// same for editors. Pure: text to values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferometer::campaign {

/// A model of a phase and the name of its folder in the results.
struct PhaseModel {
  std::string model;  ///< as `compare` takes it: a path or a name
  std::string folder;
  bool operator==(const PhaseModel&) const = default;
};

/// What a phase makes a folder for, besides one for every model with the whole comparison.
enum class Folders { Model, Candidate, BatchSize };

struct Phase {
  std::string name;  ///< of its folder in the results
  std::vector<PhaseModel> models;
  std::string set;                             ///< named list of candidates; empty: none
  std::vector<std::string> candidates;         ///< as --candidate of compare; empty: variants x engines
  std::vector<std::string> variants;           ///< "tflite/float16"; empty: the model's own
  std::vector<std::string> engines;            ///< empty: all that are installed
  std::vector<std::int64_t> batch_sizes;       ///< empty: those of the file
  std::vector<std::int64_t> sequence_lengths;  ///< the same
  Folders folders = Folders::Model;
  bool operator==(const Phase&) const = default;
};

/// Where input values come from, and how many are used of what lies there.
struct Samples {
  std::string path;  ///< texts: a file with one a line; images: a file or folder. Empty: seeded values
  std::int64_t count = 500;
  bool operator==(const Samples&) const = default;
};

/// An absent number is that of the mode; empty lists are the defaults of `compare`.
struct SuiteFile {
  std::string mode = "standard";
  std::optional<std::int64_t> warm_up_runs, timed_runs, repeats;
  std::optional<double> budget_seconds;  ///< of measuring, for each group
  std::optional<double> margin_percent;
  std::vector<std::int64_t> batch_sizes;
  std::vector<std::int64_t> sequence_lengths;
  std::vector<std::string> threads;  ///< numbers, or "all"
  Samples texts;
  Samples images;
  std::optional<bool>
      synthetic_for_missing;  ///< weights that are not here are random, and labelled; default: no
  std::optional<std::uint64_t> seed;
  std::vector<Phase> phases;  ///< empty: those of the shipped suite `full`
  bool operator==(const SuiteFile&) const = default;
};

/// Throws base::UserError with `origin`, line and column: no YAML, an unknown key (with the nearest), a wrong
/// type, a number out of range, two phases or two models of one phase with the same folder.
SuiteFile parse_suite_file(std::string_view text, const std::string& origin);

/// Every key by the mapping it is in ("" is the root, "benchmark", "dataset.text", "phases", ...), for
/// the test that holds the schema against them.
const std::map<std::string, std::vector<std::string>>& suite_file_keys();

/// The folder of a model whose phase names none: "./My Model.onnx" is "my_model".
std::string folder_name(const std::string& model);

}  // namespace inferometer::campaign
