// Opening files that a stranger's file names: only below one folder, never through a link.
#pragma once

#include <string>

#include "process/descriptor.h"

namespace inferometer::onnx {

/// Opens `location` (plain names joined by '/') below `folder` for reading, by openat2 where the kernel has
/// it. Not open on failure, errno then says why: ELOOP for a symbolic link in any component, EXDEV for
/// leaving.
process::Descriptor open_within(int folder, const std::string& location);

/// The same without openat2, one component after the other: for older kernels and sandboxes that refuse it.
process::Descriptor open_within_by_components(int folder, const std::string& location);

}  // namespace inferometer::onnx
