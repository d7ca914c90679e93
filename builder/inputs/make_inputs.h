// Sets of input values for a workload.
#pragma once

#include "base/json.h"

namespace inferometer::builder {

/// The command `make-inputs`: a builder_client::InputOrder as JSON to builder_client::InputSets as JSON.
/// Throws base::UserError.
base::Json make_inputs(const base::Json& order);

}  // namespace inferometer::builder
