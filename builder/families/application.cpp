#include "builder/families/application.h"

#include "models/variants.h"

namespace inferometer::builder {
namespace {

constexpr std::int64_t kSide = 224;
constexpr std::int64_t kChannels = 3;

}  // namespace

results::ModelSummary summary_of(const models::Application& application) {
  results::ModelSummary summary;
  summary.format = "saved_model";
  summary.variant = models::kSavedModel;
  summary.inputs = {{"image",
                     "float32",
                     {{0, "batch", "batch"}, {kSide, "", ""}, {kSide, "", ""}, {kChannels, "", ""}},
                     0}};
  summary.inputs.front().picture_scaling = application.picture_scaling;
  summary.outputs = {{"logits", "float32"}};
  summary.parameters = application.parameters;
  summary.size_bytes = results::float32_bytes(application.parameters);
  return summary;
}

}  // namespace inferometer::builder
