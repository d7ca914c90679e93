// Image networks of keras.applications, as their SavedModels will be.
#pragma once

#include "models/applications.h"
#include "results/model_info.h"

namespace inferometer::builder {

/// What they are for recipes: `from` of the row that builds their SavedModel.
constexpr const char* kKerasApplication = "keras-application";

/// Of its SavedModel, whose batch size is open until one is built.
results::ModelInfo info_of(const models::Application& application);

}  // namespace inferometer::builder
