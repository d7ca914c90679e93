// A record in memory together with what the walk over its file found.
#pragma once

#include <filesystem>
#include <functional>

#include "results/experiment.h"
#include "store/scan.h"

namespace inferometer::store {

struct Loaded {
  results::Experiment experiment;
  Scan scan;
};

/// Everything that is proven; `visit`, where given, sees each line that is used. Throws base::RecordError
/// when the file cannot be read or is from a newer major version. experiment.id is empty when the first line,
/// which holds the plan, cannot be used.
Loaded load(const std::filesystem::path& file, const std::function<void(const Line&)>& visit = {});

/// For the callers that cannot do without the plan: throws base::RecordError when it cannot be used.
Loaded load_usable(const std::filesystem::path& file, const std::function<void(const Line&)>& visit = {});

}  // namespace inferometer::store
