// The opened library: calls by member, errors as EngineError, ownership of what it creates.
#pragma once

#include <memory>
#include <string>
#include <type_traits>

#include "onnxruntime/onnxruntime_api.h"

namespace inferometer::worker::onnxruntime {

template <typename Object>
using Owned = std::unique_ptr<Object, void (*)(Object*)>;

class Library {
 public:
  /// Throws EngineError naming the file and what is missing in it. Never unloaded: its threads may outlive
  /// us.
  explicit Library(const std::string& file);

  const std::string& version() const { return version_; }

  template <typename Function>
  Function* function(Member<Function> member) const {
    return reinterpret_cast<Function*>(const_cast<void*>(table_[member.position]));
  }

  /// Throws EngineError with the library's own text when the call fails.
  template <typename... Parameters>
  void call(Member<Status*(Parameters...)> member, std::type_identity_t<Parameters>... arguments) const {
    if (Status* const status = function(member)(arguments...)) fail(member.name, status);
  }

  /// What `creator` puts into its last argument, freed by `releaser`.
  template <typename Object, typename Creator, typename... Arguments>
  Owned<Object> create(Member<Creator> creator, Member<void(Object*)> releaser,
                       Arguments... arguments) const {
    Object* created = nullptr;
    call(creator, arguments..., &created);
    return {created, function(releaser)};
  }

  /// Takes `status`.
  [[noreturn]] void fail(const char* member, Status* status) const;

 private:
  std::string version_;
  const void* const* table_ = nullptr;
};

}  // namespace inferometer::worker::onnxruntime
