#include "builder/families/application.h"

#include <utility>

namespace inferometer::builder {
namespace {

constexpr std::int64_t kSide = 224;
constexpr std::int64_t kChannels = 3;

}  // namespace

results::ModelInfo info_of(const models::Application& application) {
  results::ModelInput image{
      "image", "float32", {{0, "batch", "batch"}, {kSide, "", ""}, {kSide, "", ""}, {kChannels, "", ""}}, 0};
  image.picture_scaling = application.picture_scaling;
  image.meaning = results::Meaning::Pixels;
  results::ModelInfo info;
  info.family = application.name;
  info.task = "image-classification";
  info.variant = {"saved_model", "float32", ""};
  info.parts = {{"model", {std::move(image)}, {{"logits", "float32", results::Meaning::ClassScores}}}};
  info.parameters = application.parameters;
  info.size_bytes = results::float32_bytes(application.parameters);
  return info;
}

}  // namespace inferometer::builder
