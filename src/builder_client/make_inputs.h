// Workloads to tensor files, written by the builder.
#pragma once

#include <filesystem>

#include "builder_client/input_order.h"

namespace inferometer::builder_client {

/// Has the builder write the sets of inputs into `folder`, which exists. Order of sources: DESIGN 5.9. Throws
/// base::UserError.
InputSets make_inputs(const inputs::Request& request, const std::filesystem::path& builder_program,
                      const std::filesystem::path& folder);

}  // namespace inferometer::builder_client
