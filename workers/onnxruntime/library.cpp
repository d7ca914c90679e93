#include "onnxruntime/library.h"

#include "sdk/cpp/engine.h"
#include "sdk/cpp/shared_library.h"

namespace inferometer::worker::onnxruntime {
namespace {

/// What the library's one exported function returns.
struct ApiBase {
  const void* (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

}  // namespace

Library::Library(const std::string& file) {
  const SharedLibrary library(file);
  const ApiBase* (*const get_api_base)() = library.symbol("OrtGetApiBase");
  const ApiBase* const base = get_api_base();
  version_ = base->get_version();
  table_ = static_cast<const void* const*>(base->get_api(kApiVersion));
  if (table_ == nullptr) {
    throw EngineError(file + " is ONNX Runtime " + version_ + " without version " +
                      std::to_string(kApiVersion) + " of its C API, which is needed");
  }
}

void Library::fail(const char* member, Status* status) const {
  const std::string text = function(kGetErrorMessage)(status);
  const bool unsupported = function(kGetErrorCode)(status) == kErrorNotImplemented;
  function(kReleaseStatus)(status);
  throw EngineError(std::string("ONNX Runtime, ") + member + ": " + text.substr(0, text.find('\n')),
                    unsupported);
}

}  // namespace inferometer::worker::onnxruntime
