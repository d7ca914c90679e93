#include "sdk/cpp/shared_library.h"

#include <dlfcn.h>

#include "sdk/cpp/engine.h"

namespace inferometer::worker {

SharedLibrary::SharedLibrary(const std::string& file)
    : file_(file), handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr)
    throw EngineError(std::string("the engine's library cannot be opened: ") + dlerror());
}

SharedLibrary::Symbol SharedLibrary::symbol(const char* name) const {
  void* const address = dlsym(handle_, name);
  if (address == nullptr) {
    throw EngineError(file_ + " does not export " + name + ": it is another library or another version");
  }
  return Symbol(address);
}

}  // namespace inferometer::worker
