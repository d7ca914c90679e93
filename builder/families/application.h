// Image networks of keras.applications, as their SavedModels will be.
#pragma once

#include "models/applications.h"
#include "results/model_summary.h"

namespace inferometer::builder {

/// Of its SavedModel, whose batch size is open until one is built.
results::ModelSummary summary_of(const models::Application& application);

}  // namespace inferometer::builder
