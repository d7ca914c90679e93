// What preparer.cpp asks of the prepare child, as it travels.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "models/models.h"

namespace inferometer::models {

struct ModelRequest {
  Reference reference;
  Target target;
  std::filesystem::path cache;  ///< of digests and artefacts
};
base::Json to_json(const ModelRequest& request);
ModelRequest model_request_from_json(const base::Json& json);

}  // namespace inferometer::models
