// What is to be known of a TFLite model.
#pragma once

#include <filesystem>

#include "formats/tflite.h"
#include "results/model_info.h"

namespace inferometer::builder {

/// Everything but sha256. `file` starts the message of the base::UserError for inputs and outputs that cannot
/// be fed or compared: no tensor of numbers, a dimension of 0.
results::ModelInfo inspect(const formats::TfliteModel& model, const std::filesystem::path& file);

}  // namespace inferometer::builder
