// What the prepare child does for this module; requests and replies are those of preparer.cpp.
#pragma once

#include "base/json.h"

namespace inferometer::models {

/// {"kind", "path", "cache"} to {"summary"}. Makes nothing but remembered digests. Throws base::UserError.
base::Json inspect_command(const base::Json& request);

/// The same request to {"summary", "file", "recipe", "cached"}; tells the parent what it finds damaged.
/// Throws base::UserError.
base::Json prepare_command(const base::Json& request);

}  // namespace inferometer::models
