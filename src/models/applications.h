// Image networks of keras.applications, by name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace inferometer::models {

struct Application {
  const char* name;          ///< "mobilenet_v2"
  const char* class_name;    ///< in keras.applications
  const char* weights_file;  ///< as Keras itself keeps its download
  std::int64_t parameters;   ///< with the layer of 1,000 classes
  const char*
      picture_scaling;  ///< what its own preprocess_input does, as results::ModelInput::picture_scaling
};
const std::vector<Application>& applications();
/// Null for a name that is not in the table.
const Application* find_application(const std::string& name);

/// Where Keras keeps what it has downloaded: $KERAS_HOME/models, else ~/.keras/models.
std::filesystem::path keras_cache_folder();

}  // namespace inferometer::models
