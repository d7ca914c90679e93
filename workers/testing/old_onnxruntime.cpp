// An ONNX Runtime that is older than every version of the C API.
namespace {

struct ApiBase {
  const void* (*get_api)(unsigned version);
  const char* (*get_version)();
};

const void* get_api(unsigned) { return nullptr; }
const char* get_version() { return "0.1.0"; }

constexpr ApiBase kBase{get_api, get_version};

}  // namespace

extern "C" const ApiBase* OrtGetApiBase();
extern "C" const ApiBase* OrtGetApiBase() { return &kBase; }
