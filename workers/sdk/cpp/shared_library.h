// An engine's shared library, opened at run time: one build of ours works with every version of it.
#pragma once

#include <string>

namespace inferometer::worker {

/// Its symbols stay its own (RTLD_LOCAL). Never closed: threads of the engine may outlive its last object.
class SharedLibrary {
 public:
  /// Throws EngineError with the loader's text, which names the file or the library that it needs in vain.
  explicit SharedLibrary(const std::string& file);

  /// Turns into a pointer to whatever function it is assigned to.
  class Symbol {
   public:
    explicit Symbol(void* address) : address_(address) {}
    template <typename Function>
    operator Function*() const {  // NOLINT(google-explicit-constructor): that is its purpose
      return reinterpret_cast<Function*>(address_);
    }

   private:
    void* address_;
  };

  /// Throws EngineError naming the file and the function that it lacks.
  Symbol symbol(const char* name) const;

 private:
  std::string file_;
  void* handle_;
};

}  // namespace inferometer::worker
