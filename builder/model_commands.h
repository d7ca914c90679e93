// Models inspected and artefacts built; requests and replies are those of src/builder_client.
#pragma once

#include "base/json.h"

namespace inferometer::builder {

/// A builder_client::ModelRequest to {"info", "variants"}. Writes nothing but remembered digests. Throws
/// base::UserError.
base::Json inspect_command(const base::Json& request);

/// The same request to {"info", "parts", "recipe", "cached", "peak_rss_bytes"}; notifies the parent of what
/// it builds, and of what it finds damaged. Throws base::UserError.
base::Json build_command(const base::Json& request);

}  // namespace inferometer::builder
