// Models by name, path or checkpoint, made into artefacts by the prepare child; nothing of theirs is read
// here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "packages/packages.h"
#include "results/model_summary.h"

namespace inferometer::models {

/// What a name given by the user stands for.
struct Reference {
  enum class Kind { File, SavedModel, Checkpoint, Hub, Synthetic, Application, Null };
  Kind kind = Kind::File;
  std::string name;  ///< as given
  /// File or folder; of an Application its weights, empty for random ones; empty for Hub, Synthetic and Null.
  std::filesystem::path path;
  std::string hub_id;  ///< of Hub: ORG/NAME
};

/// What is to be made of a model.
struct Target {
  std::string variant;                         ///< empty: the model's own
  std::int64_t batch_size = 1;                 ///< of variants with fixed shapes
  std::int64_t sequence_length = 0;            ///< the same; 0 where the model has no such dimension
  std::vector<std::filesystem::path> samples;  ///< sets of inputs, for variants that want some
  std::int64_t memory_bytes = 0;               ///< that a toolchain may use
};

/// A path to an .onnx or .tflite file, SavedModel or checkpoint folder; "minilm" (from its package); the name
/// of a published model or any ORG/NAME, in the Hugging Face cache or else to be had from the hub; a network
/// of keras.applications; "null" (the null engine's). With `synthetic_weights` only a published name or such
/// a network, whose weights are then random. Throws base::UserError: no such file, a folder that is neither,
/// a known model that is not here (with what to do), an unknown name (with the known ones).
Reference resolve(const std::string& name, const packages::Store& store, bool synthetic_weights = false);

/// The model's own first. `summary`: of `inspect`.
std::vector<results::AvailableVariant> variants_of(const Reference& reference, const results::ModelSummary& summary);

/// Names that resolve without a path, for help and completion.
std::vector<std::string> known_names();

/// Carried out by the prepare child with limited memory and time.
class Preparer {
 public:
  /// `program`: path of inferometer-prepare. `cache`: folder of artefacts.
  Preparer(std::filesystem::path program, std::filesystem::path cache);

  /// Downloads what lies on the hub into the Hugging Face cache and refers to it there; any other reference
  /// is returned as it is. `tell` hears how far it is. Throws base::UserError with the child's message.
  Reference obtain(const Reference& reference, const std::function<void(const std::string&)>& tell) const;

  /// Cheap: reads header, config or graph; makes and downloads nothing. Throws base::UserError with the
  /// child's message.
  results::ModelSummary inspect(const Reference& reference) const;

  struct Prepared {
    results::ModelSummary summary;
    std::filesystem::path file;  ///< the artefact
    std::string recipe;          ///< "bert-onnx 1", "user file"
    bool cached = false;
    std::int64_t duration_ns = 0;
    std::int64_t peak_rss_bytes = 0;  ///< of the child
  };
  /// Makes the artefact, or finds it in the cache (key: recipe, its version, the digest of every input file).
  Prepared prepare(const Reference& reference, const Target& target,
                   const std::function<void(const std::string&)>& tell) const;

 private:
  std::filesystem::path program_;
  std::filesystem::path cache_;
};

}  // namespace inferometer::models
