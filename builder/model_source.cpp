#include "builder/model_source.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "builder/families/application.h"
#include "builder/families/family.h"
#include "builder/families/synthetic.h"
#include "builder/inspect/model_file.h"
#include "builder/inspect/onnx_file.h"
#include "builder/null_model.h"
#include "models/applications.h"
#include "models/published.h"
#include "onnx/graph_builder.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;
using models::Reference;
using results::ModelInfo;

constexpr int kSeed = 1;  // of random weights of an application

/// Measured where it is; its digest in `info` shows later whether it changed.
class FileSource final : public Source {
 public:
  FileSource(fs::path path, const DigestMemo& digests)
      : path_(std::move(path)), info_(inspect_model(path_, digest_of(digests))) {}

  Start start() const override { return {{}, info_.variant, true}; }
  ModelInfo info() const override { return info_; }
  Origin origin() const override { return {"user file", {{path_.filename().string(), info_.sha256}}}; }
  NativeFiles native_files(const ArtefactCache&) const override {
    return {{{"model", path_.string(), info_.sha256, info_.size_bytes}}, true};
  }
  base::Json job(const fs::path&) const override {
    INFEROMETER_CHECK(false, "recipes read a file by its format");
    std::abort();
  }

 private:
  fs::path path_;
  ModelInfo info_;
};

/// A graph that we build ourselves, with weights that come one at a time.
class GraphSource : public Source {
 public:
  Start start() const override { return {{family().checkpoint_kind, "", ""}, {"onnx", "float32", ""}}; }

  NativeFiles native_files(const ArtefactCache& cache) const override {
    const auto entry = cache.find_or_build(origin(), [&](const fs::path& into) {
      onnx::write_model(built(), into, [&](const std::string& name) { return weight(name); });
    });
    return {{{"model", entry.folder / "model.onnx", "", 0}}, entry.cached};
  }

  /// config.json and model.safetensors, whatever the checkpoint looked like.
  base::Json job(const fs::path& folder) const override {
    std::vector<tensors::Tensor> weights;
    for (const auto& pending : built().weights) {
      weights.push_back(weight(pending.name));
      weights.back().rename(pending.name);
    }
    tensors::write_safetensors(folder / "model.safetensors", weights);
    base::write_file_atomically(folder / "config.json", config());
    base::Json job = {{"checkpoint", folder.string()}};
    const auto part = results::entry_part(info());
    for (const auto& input : part.inputs) job["inputs"].push_back(input.name);
    for (const auto& output : part.outputs) job["outputs"].push_back(output.name);
    return job;
  }

 protected:
  ModelInfo info_of(const std::string& name, const std::string& task) const {
    auto info = inspect(built().proto, name);
    info.family = family().model_type;
    info.task = task;
    info.size_bytes = static_cast<std::int64_t>(built().weights_bytes + built().proto.ByteSizeLong());
    return info;
  }

 private:
  virtual const Family& family() const = 0;
  virtual const onnx::BuiltModel& built() const = 0;
  virtual tensors::Tensor weight(const std::string& name) const = 0;
  virtual std::string config() const = 0;
};

class CheckpointSource final : public GraphSource {
 public:
  CheckpointSource(fs::path folder, const DigestMemo& digests)
      : folder_(std::move(folder)), digests_(digests), checkpoint_(open_checkpoint(folder_)) {}

  ModelInfo info() const override {
    auto info = info_of(folder_.string(), checkpoint_.task);
    info.remarks.insert(info.remarks.end(), checkpoint_.remarks.begin(), checkpoint_.remarks.end());
    return info;
  }
  Origin origin() const override {
    Origin origin{checkpoint_.family->recipe, {}};
    for (const auto& name : checkpoint_.files) origin.inputs.push_back({name, digests_.of(folder_ / name)});
    return origin;
  }

 private:
  const Family& family() const override { return *checkpoint_.family; }
  const onnx::BuiltModel& built() const override { return checkpoint_.built; }
  tensors::Tensor weight(const std::string& name) const override {
    return checkpoint_.weights.read_float32(name);
  }
  std::string config() const override { return base::read_file(folder_ / "config.json", kConfigLimitBytes); }

  fs::path folder_;
  const DigestMemo& digests_;
  OpenCheckpoint checkpoint_;
};

class SyntheticSource final : public GraphSource {
 public:
  explicit SyntheticSource(std::string name) : name_(std::move(name)), synthetic_(open_synthetic(name_)) {}

  ModelInfo info() const override {
    auto info = info_of(name_, synthetic_.task);
    info.synthetic_weights = true;
    return info;
  }
  Origin origin() const override { return {synthetic_.recipe, {}}; }

 private:
  const Family& family() const override { return *synthetic_.family; }
  const onnx::BuiltModel& built() const override { return synthetic_.built; }
  tensors::Tensor weight(const std::string& name) const override {
    return synthetic_weight(synthetic_.built, name);
  }
  std::string config() const override { return models::published(name_).config; }

  std::string name_;
  SyntheticModel synthetic_;
};

class ApplicationSource final : public Source {
 public:
  /// `weights`: empty for random ones.
  ApplicationSource(const models::Application& application, fs::path weights, const DigestMemo& digests)
      : application_(application), weights_(std::move(weights)), digests_(digests) {}

  Start start() const override { return {{kKerasApplication, "", ""}, {}}; }
  ModelInfo info() const override {
    auto info = info_of(application_);
    info.synthetic_weights = weights_.empty();
    return info;
  }
  Origin origin() const override {
    Origin origin{std::string("keras.applications ") + application_.name, {}};
    if (!weights_.empty()) origin.inputs.push_back({"weights", digests_.of(weights_)});
    return origin;
  }
  NativeFiles native_files(const ArtefactCache&) const override {
    INFEROMETER_CHECK(false, "an application is a SavedModel only after a recipe");
    std::abort();
  }
  base::Json job(const fs::path&) const override {
    return {{"application", application_.class_name}, {"weights", weights_.string()}, {"seed", kSeed}};
  }

 private:
  const models::Application& application_;
  fs::path weights_;
  const DigestMemo& digests_;
};

std::unique_ptr<Source> open_file(const Reference& reference, const DigestMemo& digests) {
  return std::make_unique<FileSource>(reference.path, digests);
}
std::unique_ptr<Source> open_folder(const Reference& reference, const DigestMemo& digests) {
  return std::make_unique<CheckpointSource>(reference.path, digests);
}
std::unique_ptr<Source> open_published(const Reference& reference, const DigestMemo&) {
  return std::make_unique<SyntheticSource>(reference.name);
}
std::unique_ptr<Source> open_application(const Reference& reference, const DigestMemo& digests) {
  return std::make_unique<ApplicationSource>(*models::find_application(reference.name), reference.path,
                                             digests);
}
std::unique_ptr<Source> open_null(const Reference& reference, const DigestMemo&) {
  return open_null_model(reference.name);
}

struct Opener {
  Reference::Kind kind;
  std::unique_ptr<Source> (*open)(const Reference&, const DigestMemo&);
};
constexpr Opener kOpeners[] = {{Reference::Kind::File, open_file},
                               {Reference::Kind::SavedModel, open_file},
                               {Reference::Kind::Checkpoint, open_folder},
                               {Reference::Kind::Synthetic, open_published},
                               {Reference::Kind::Application, open_application},
                               {Reference::Kind::Null, open_null}};

}  // namespace

std::unique_ptr<Source> open_source(const Reference& reference, const DigestMemo& digests) {
  for (const auto& [kind, open] : kOpeners) {
    if (kind == reference.kind) return open(reference, digests);
  }
  INFEROMETER_CHECK(false, reference.name);
  std::abort();
}

}  // namespace inferometer::builder
