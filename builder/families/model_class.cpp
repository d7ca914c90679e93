#include "builder/families/model_class.h"

#include <array>

#include "base/text.h"
#include "builder/families/bert.h"

namespace inferometer::builder {
namespace {

constexpr std::array kClasses = {kBert, kDistilBert, kRoberta};

}  // namespace

const ModelClass& class_of(const CheckpointConfig& config) {
  const auto type = config.text("model_type", "");
  std::vector<std::string> known;
  for (const auto& model_class : kClasses) {
    if (type == model_class.model_type) return model_class;
    known.emplace_back(model_class.model_type);
  }
  config.refuse("model_type", "checkpoints of these are built: " + base::join(known, ", ") +
                                  "; export others to ONNX and give the .onnx file");
}

OpenCheckpoint open_checkpoint(const std::filesystem::path& folder) {
  const CheckpointConfig config(folder);
  const auto& model_class = class_of(config);
  OpenCheckpoint checkpoint{
      CheckpointWeights(folder, model_class.canonical), {}, model_class.recipe, {}, {"config.json"}};
  checkpoint.built = model_class.build(config, checkpoint.weights, checkpoint.remarks);
  const auto& files = checkpoint.weights.files();
  checkpoint.files.insert(checkpoint.files.end(), files.begin(), files.end());
  return checkpoint;
}

}  // namespace inferometer::builder
