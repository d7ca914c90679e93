#include "models/commands.h"

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "formats/tflite.h"
#include "models/artefact_cache.h"
#include "models/digests.h"
#include "models/foreign_format.h"
#include "models/model_class.h"
#include "models/onnx_reader.h"
#include "models/onnx_summary.h"
#include "models/published.h"
#include "models/saved_model_summary.h"
#include "models/tflite_summary.h"
#include "process/process.h"
#include "results/json.h"
#include "tensors/input_file.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;

/// Both digests of a model in several files and of one in a single file are its identity in the record.
std::string digest_of(const fs::path& file, const OnnxModel& model, const DigestMemo& digests) {
  const auto own = digests.of(file);
  if (model.external_files.empty()) return own;
  std::string all = own;
  for (const auto& [location, bytes] : model.external_files) {
    all += "\n" + location + "\n" + digests.of(file.parent_path() / location);
  }
  return base::sha256_hex(all);
}

results::ModelSummary summary_of_onnx(const fs::path& file, const DigestMemo& digests) {
  const auto model = read_onnx(file);
  auto summary = summarise(model.proto, file);
  summary.size_bytes = model.size_bytes;
  summary.sha256 = digest_of(file, model, digests);
  return summary;
}

results::ModelSummary summary_of_tflite(const fs::path& file, const DigestMemo& digests) {
  auto summary = summarise(formats::read_tflite(file), file);
  summary.sha256 = digests.of(file);
  return summary;
}

/// A file is what its first bytes say; where they say nothing, what its name says.
results::ModelSummary summary_of_file(const fs::path& file, const DigestMemo& digests) {
  const auto head = tensors::InputFile(file).head(kSniffedBytes);
  if (formats::is_tflite(head)) return summary_of_tflite(file, digests);
  if (file.extension() != ".tflite") return summary_of_onnx(file, digests);
  if (const auto foreign = foreign_format(head); !foreign.empty())
    throw base::UserError(file.string() + ": no TFLite model: " + foreign);
  return summary_of_tflite(file, digests);
}

results::ModelSummary summary_of_saved_model(const fs::path& folder, const DigestMemo& digests) {
  auto summary = summarise(formats::read_saved_model(folder), folder);
  std::string all;
  for (const auto& [name, bytes] : files_of_saved_model(folder)) {
    summary.size_bytes += bytes;
    all += name + "\n" + digests.of(folder / name) + "\n";
  }
  summary.sha256 = base::sha256_hex(all);
  return summary;
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

struct Made {
  results::ModelSummary summary;
  fs::path file;
  std::string recipe;
  ArtefactCache::Entry entry;
};

Made make_checkpoint(const fs::path& folder, const ArtefactCache& cache, const DigestMemo& digests) {
  const auto checkpoint = open_checkpoint(folder);
  Origin origin{checkpoint.recipe, {}};
  for (const auto& name : checkpoint.files) origin.inputs.push_back({name, digests.of(folder / name)});
  auto entry = cache.find_or_make(origin, [&](const fs::path& into) {
    write_model(checkpoint.built, into,
                [&](const std::string& name) { return checkpoint.weights.read_float32(name); });
  });
  // Read back as any user's file would be: what we wrote must pass our own checks.
  const auto file = entry.folder / "model.onnx";
  auto summary = summary_of_onnx(file, digests);
  summary.remarks.insert(summary.remarks.end(), checkpoint.remarks.begin(), checkpoint.remarks.end());
  return {std::move(summary), file, checkpoint.recipe, std::move(entry)};
}

Made make_synthetic(const std::string& name, const ArtefactCache& cache, const DigestMemo& digests) {
  const auto synthetic = open_synthetic(name);
  auto entry = cache.find_or_make({synthetic.recipe, {}}, [&](const fs::path& into) {
    write_model(synthetic.built, into,
                [&](const std::string& weight) { return synthetic_weight(synthetic.built, weight); });
  });
  const auto file = entry.folder / "model.onnx";
  auto summary = summary_of_onnx(file, digests);
  summary.synthetic_weights = true;
  return {std::move(summary), file, synthetic.recipe, std::move(entry)};
}

Made make_null(const ArtefactCache& cache) {
  const Origin origin{"null 1", {}};
  auto entry = cache.find_or_make(
      origin, [](const fs::path& into) { base::write_file_atomically(into / "model.json", kNullArtefact); });
  return {summary_of_null(), entry.folder / "model.json", origin.recipe, entry};
}

struct Request {
  std::string kind;
  std::string name;
  fs::path path;
  fs::path cache;
};

Request read_request(const base::Json& json) {
  return {json.at("kind").get<std::string>(), json.at("name").get<std::string>(),
          json.at("path").get<std::string>(), json.at("cache").get<std::string>()};
}

results::ModelSummary summary_in_place(const Request& request, const DigestMemo& digests) {
  if (request.kind == "saved_model") return summary_of_saved_model(request.path, digests);
  INFEROMETER_CHECK(request.kind == "file", request.kind);
  return summary_of_file(request.path, digests);
}

}  // namespace

base::Json inspect_command(const base::Json& json) {
  const auto request = read_request(json);
  if (request.kind == "null") return {{"summary", summary_of_null()}};
  if (request.kind == "synthetic") return {{"summary", summary_of_synthetic(request.name)}};
  if (request.kind == "checkpoint") return {{"summary", summary_of_checkpoint(request.path)}};
  return {{"summary", summary_in_place(request, DigestMemo(request.cache / "digests"))}};
}

base::Json prepare_command(const base::Json& json) {
  const auto request = read_request(json);
  const DigestMemo digests(request.cache / "digests");
  Made made;
  if (request.kind == "file" || request.kind == "saved_model") {
    // A user's model is measured where it lies; its digest in the summary tells later whether it changed.
    made = {summary_in_place(request, digests), request.path, "user file", {{}, true, {}}};
  } else {
    const ArtefactCache cache(request.cache / "artefacts", digests);
    if (request.kind == "checkpoint") {
      made = make_checkpoint(request.path, cache, digests);
    } else if (request.kind == "synthetic") {
      made = make_synthetic(request.name, cache, digests);
    } else {
      INFEROMETER_CHECK(request.kind == "null", request.kind);
      made = make_null(cache);
    }
  }
  for (const auto& sentence : made.entry.told) process::tell_parent(sentence);
  return {{"summary", made.summary},
          {"file", made.file.string()},
          {"recipe", made.recipe},
          {"cached", made.entry.cached}};
}

}  // namespace inferometer::models
