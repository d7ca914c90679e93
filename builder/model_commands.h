// What the prepare child does for this module; requests are those of request.h, replies are read by
// preparer.cpp.
#pragma once

#include "base/json.h"

namespace inferometer::models {

/// A ModelRequest to {"summary"}. Makes nothing but remembered digests. Throws base::UserError.
base::Json inspect_command(const base::Json& request);

/// The same request to {"summary", "file", "recipe", "cached", "peak_rss_bytes"}; tells the parent what it
/// makes, and what it finds damaged. Throws base::UserError.
base::Json prepare_command(const base::Json& request);

}  // namespace inferometer::models
