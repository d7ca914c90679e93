#include "builder/families/family.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "builder/families/bert.h"

namespace inferometer::builder {
namespace {

constexpr std::array kFamilies = {kBert, kDistilBert, kRoberta};

/// Endings of class names of transformers.
constexpr std::array kTasks = {std::pair{"ForSequenceClassification", "text-classification"},
                               std::pair{"ForTokenClassification", "token-classification"},
                               std::pair{"ForImageClassification", "image-classification"}};

}  // namespace

std::span<const Family> families() { return kFamilies; }

const Family& family_of(const CheckpointConfig& config, std::span<const Family> known) {
  const auto type = config.text("model_type", "");
  std::vector<std::string> types;
  for (const auto& family : known) {
    if (type == family.model_type) return family;
    types.emplace_back(family.model_type);
  }
  config.refuse("model_type", "checkpoints of these are built: " + base::join(types, ", ") +
                                  "; export others to ONNX and give the .onnx file");
}

std::string task_of(const CheckpointConfig& config) {
  const auto architectures = config.texts("architectures");
  for (const auto& [ending, task] : kTasks) {
    if (!architectures.empty() && architectures.front().ends_with(ending)) return task;
  }
  return "feature-extraction";
}

OpenCheckpoint open_checkpoint(const std::filesystem::path& folder, std::span<const Family> known) {
  const CheckpointConfig config(folder);
  const auto& family = family_of(config, known);
  OpenCheckpoint checkpoint{
      CheckpointWeights(folder, family.canonical), {}, &family, task_of(config), {}, {"config.json"}};
  checkpoint.built = family.build(config, checkpoint.weights, checkpoint.remarks);
  const auto& files = checkpoint.weights.files();
  checkpoint.files.insert(checkpoint.files.end(), files.begin(), files.end());
  return checkpoint;
}

}  // namespace inferometer::builder
