#include "models/applications.h"

#include <cstdlib>

namespace inferometer::models {
const std::vector<Application>& applications() {
  static const std::vector<Application> known = {
      {"mobilenet_v2", "MobileNetV2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5", 3'538'984,
       "symmetric"},
      {"resnet50", "ResNet50", "resnet50_weights_tf_dim_ordering_tf_kernels.h5", 25'636'712, "caffe"},
      {"efficientnet_b0", "EfficientNetB0", "efficientnetb0.h5", 5'330'571, "raw"},
  };
  return known;
}

const Application* find_application(const std::string& name) {
  for (const auto& application : applications()) {
    if (name == application.name) return &application;
  }
  return nullptr;
}

std::filesystem::path keras_cache_folder() {
  if (const char* home = std::getenv("KERAS_HOME")) return std::filesystem::path(home) / "models";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "/" : home) / ".keras" / "models";
}

}  // namespace inferometer::models
