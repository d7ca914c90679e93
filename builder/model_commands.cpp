#include "builder/model_commands.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "builder/families/application.h"
#include "builder/families/checkpoint.h"
#include "builder/families/model_class.h"
#include "builder/families/synthetic.h"
#include "builder/inspect/model_file.h"
#include "builder/inspect/onnx_summary.h"
#include "builder/recipes/artefact_cache.h"
#include "builder/recipes/convert.h"
#include "builder/recipes/digests.h"
#include "builder_client/request.h"
#include "models/applications.h"
#include "models/published.h"
#include "models/variants.h"
#include "process/process.h"
#include "results/json.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

DigestOf digest_of(const DigestMemo& digests) {
  return [&digests](const fs::path& file) { return digests.of(file); };
}

results::ModelSummary summary_of_checkpoint(const fs::path& folder) {
  const auto checkpoint = open_checkpoint(folder);
  auto summary = summarise(checkpoint.built.proto, folder);
  summary.size_bytes =
      static_cast<std::int64_t>(checkpoint.built.weights_bytes + checkpoint.built.proto.ByteSizeLong());
  summary.remarks.insert(summary.remarks.end(), checkpoint.remarks.begin(), checkpoint.remarks.end());
  return summary;
}

results::ModelSummary summary_of_synthetic(const std::string& name) {
  const auto synthetic = open_synthetic(name);
  auto summary = summarise(synthetic.built.proto, name);
  summary.size_bytes =
      static_cast<std::int64_t>(synthetic.built.weights_bytes + synthetic.built.proto.ByteSizeLong());
  summary.synthetic_weights = true;
  return summary;
}

/// The model of the null engine: nothing to compute, so its artefact only says what it is.
constexpr const char* kNullArtefact = "{\"format\":\"null\"}\n";

results::ModelSummary summary_of_null() {
  results::ModelSummary summary;
  summary.format = "null";
  summary.variant = "null/float32";
  summary.inputs = {{"x", "float32", {{0, "batch", "batch"}, {8, "", ""}}, 0}};
  summary.outputs = {{"y", "float32"}};
  summary.size_bytes = static_cast<std::int64_t>(std::string_view(kNullArtefact).size());
  summary.sha256 = base::sha256_hex(kNullArtefact);
  return summary;
}

struct Built {
  results::ModelSummary summary;
  fs::path file;
  std::string recipe;
  ArtefactCache::Entry entry;
  std::int64_t peak_rss_bytes = 0;  ///< of other programs that made it
};

Origin origin_of(const OpenCheckpoint& checkpoint, const fs::path& folder, const DigestMemo& digests) {
  Origin origin{checkpoint.recipe, {}};
  for (const auto& name : checkpoint.files) origin.inputs.push_back({name, digests.of(folder / name)});
  return origin;
}

Built build_checkpoint(const fs::path& folder, const ArtefactCache& cache, const DigestMemo& digests) {
  const auto checkpoint = open_checkpoint(folder);
  auto entry = cache.find_or_make(origin_of(checkpoint, folder, digests), [&](const fs::path& into) {
    onnx::write_model(checkpoint.built, into,
                      [&](const std::string& name) { return checkpoint.weights.read_float32(name); });
  });
  // Read back as any user's file would be: what we wrote must pass our own checks.
  const auto file = entry.folder / "model.onnx";
  auto summary = inspect_model_file(file, digest_of(digests));
  summary.remarks.insert(summary.remarks.end(), checkpoint.remarks.begin(), checkpoint.remarks.end());
  return {std::move(summary), file, checkpoint.recipe, std::move(entry)};
}

Built build_synthetic(const std::string& name, const ArtefactCache& cache, const DigestMemo& digests) {
  const auto synthetic = open_synthetic(name);
  auto entry = cache.find_or_make({synthetic.recipe, {}}, [&](const fs::path& into) {
    onnx::write_model(synthetic.built, into,
                      [&](const std::string& weight) { return synthetic_weight(synthetic.built, weight); });
  });
  const auto file = entry.folder / "model.onnx";
  auto summary = inspect_model_file(file, digest_of(digests));
  summary.synthetic_weights = true;
  return {std::move(summary), file, synthetic.recipe, std::move(entry)};
}

Built build_null(const ArtefactCache& cache) {
  const Origin origin{"null 1", {}};
  auto entry = cache.find_or_make(
      origin, [](const fs::path& into) { base::write_file_atomically(into / "model.json", kNullArtefact); });
  return {summary_of_null(), entry.folder / "model.json", origin.recipe, entry};
}

results::ModelSummary summary_in_place(const models::Reference& reference, const DigestMemo& digests) {
  return reference.kind == models::Reference::Kind::SavedModel
             ? inspect_saved_model(reference.path, digest_of(digests))
             : inspect_model_file(reference.path, digest_of(digests));
}

results::ModelSummary summary_of_application(const models::Reference& reference) {
  auto summary = summary_of(*models::find_application(reference.name));
  summary.synthetic_weights = reference.path.empty();
  return summary;
}

/// What the model is before anything is made of it.
results::ModelSummary summary_of_own(const builder_client::ModelRequest& request, const DigestMemo& digests) {
  switch (request.reference.kind) {
    case models::Reference::Kind::Null:
      return summary_of_null();
    case models::Reference::Kind::Synthetic:
      return summary_of_synthetic(request.reference.name);
    case models::Reference::Kind::Checkpoint:
      return summary_of_checkpoint(request.reference.path);
    case models::Reference::Kind::Application:
      return summary_of_application(request.reference);
    default:
      return summary_in_place(request.reference, digests);
  }
}

Built build_own(const builder_client::ModelRequest& request, const ArtefactCache& cache,
                const DigestMemo& digests) {
  const auto& reference = request.reference;
  if (reference.kind == models::Reference::Kind::Null) return build_null(cache);
  if (reference.kind == models::Reference::Kind::Synthetic)
    return build_synthetic(reference.name, cache, digests);
  if (reference.kind == models::Reference::Kind::Checkpoint)
    return build_checkpoint(reference.path, cache, digests);
  // A user's model is measured where it lies; its digest in the summary tells later whether it changed.
  return {summary_in_place(reference, digests), reference.path, "user file", {{}, true}};
}

/// What the toolchain reads of a text model, whatever the checkpoint looked like.
void write_checkpoint(const onnx::BuiltModel& built, const std::string& config, const fs::path& folder,
                      const std::function<tensors::Tensor(const std::string&)>& read) {
  std::vector<tensors::Tensor> weights;
  for (const auto& weight : built.weights) {
    weights.push_back(read(weight.name));
    weights.back().rename(weight.name);
  }
  tensors::write_safetensors(folder / "model.safetensors", weights);
  base::write_file_atomically(folder / "config.json", config);
}

ConversionSource source_of(const builder_client::ModelRequest& request, const DigestMemo& digests) {
  const auto& reference = request.reference;
  ConversionSource source{reference, summary_of_own(request, digests), {}, {}};
  if (reference.kind == models::Reference::Kind::Application) {
    source.origin.recipe = "keras.applications " + reference.name;
    if (!reference.path.empty()) source.origin.inputs.push_back({"weights", digests.of(reference.path)});
  } else if (reference.kind == models::Reference::Kind::Synthetic) {
    source.origin.recipe = open_synthetic(reference.name).recipe;
    source.write_checkpoint = [name = reference.name](const fs::path& into) {
      const auto synthetic = open_synthetic(name);
      write_checkpoint(synthetic.built, models::published(name).config, into,
                       [&](const std::string& weight) { return synthetic_weight(synthetic.built, weight); });
    };
  } else {
    source.origin = origin_of(open_checkpoint(reference.path), reference.path, digests);
    source.write_checkpoint = [folder = reference.path](const fs::path& into) {
      const auto checkpoint = open_checkpoint(folder);
      write_checkpoint(checkpoint.built, base::read_file(folder / "config.json", kConfigLimitBytes), into,
                       [&](const std::string& name) { return checkpoint.weights.read_float32(name); });
    };
  }
  return source;
}

/// A variant knows less of itself than what it was made of.
void inherit(results::ModelSummary& summary, const results::ModelSummary& parent) {
  summary.has_parent = true;
  summary.synthetic_weights = parent.synthetic_weights;
  summary.parameters = parent.parameters;
  summary.max_sequence_length = parent.max_sequence_length;
  summary.remarks = parent.remarks;
  for (auto& input : summary.inputs) {
    for (const auto& of_parent : parent.inputs) {
      if (of_parent.name != input.name) continue;
      input.index_bound = of_parent.index_bound;
      input.picture_scaling = of_parent.picture_scaling;
    }
  }
}

Built build_converted(const builder_client::ModelRequest& request, const ArtefactCache& cache,
                      const DigestMemo& digests) {
  const auto source = source_of(request, digests);
  auto converted = convert(source, request.target, cache, process::notify_parent);
  // Read back as any user's file would be: what a toolchain wrote must pass our own checks.
  auto summary = fs::is_directory(converted.file) ? inspect_saved_model(converted.file, digest_of(digests))
                                                  : inspect_model_file(converted.file, digest_of(digests));
  summary.variant = request.target.variant;
  inherit(summary, source.parent);
  return {std::move(summary), converted.file, converted.recipe, std::move(converted.entry),
          converted.peak_rss_bytes};
}

}  // namespace

base::Json inspect_command(const base::Json& json) {
  const auto request = builder_client::model_request_from_json(json);
  return {{"summary", summary_of_own(request, DigestMemo(request.cache / "digests"))}};
}

base::Json build_command(const base::Json& json) {
  const auto request = builder_client::model_request_from_json(json);
  const DigestMemo digests(request.cache / "digests");
  const ArtefactCache cache(request.cache / "artefacts", digests, process::notify_parent);
  const bool converts = models::conversion_to(request.reference.kind, request.target.variant) != nullptr;
  const auto built = converts ? build_converted(request, cache, digests) : build_own(request, cache, digests);
  return {{"summary", built.summary},
          {"file", built.file.string()},
          {"recipe", built.recipe},
          {"cached", built.entry.cached},
          {"peak_rss_bytes", built.peak_rss_bytes}};
}

}  // namespace inferometer::builder
