// The few functions of LiteRT that we use, declared by ourselves: the package has no header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "sdk/cpp/shared_library.h"

namespace inferometer::worker::litert {

// Objects of the library, only ever held by pointer.
struct BufferRequirements;
struct CompiledModel;
struct Environment;
struct Model;
struct OpaqueOptions;
struct Options;
struct Signature;
struct TensorBuffer;
struct TensorPort;

template <typename Object>
using Owned = std::unique_ptr<Object, void (*)(Object*)>;

constexpr unsigned kMaxRank = 8;

// Values that the library fills in; their layout is part of its ABI.
struct Layout {
  unsigned rank : 7;
  unsigned has_strides : 1;
  std::int32_t dimensions[kMaxRank];
  std::uint32_t strides[kMaxRank];
};
struct TensorType {
  int element_type;
  Layout layout;
};
static_assert(sizeof(TensorType) == 72);

using Status = int;
constexpr Status kOk = 0;
constexpr Status kUnsupported = 5;

// Values of the library's enumerations.
constexpr int kAcceleratorCpu = 1;
constexpr int kLockRead = 0;
constexpr int kLockWrite = 1;

/// The opened library. Every function that we use is found when it is opened, or an EngineError names the
/// first one that is missing.
struct Api {
  explicit Api(const std::string& file) : library(file) {}

  /// Throws EngineError unless `status` is kOk. The library exports no text for its numbers; it says more in
  /// its log.
  void check(Status status, const char* call) const {
    if (status != kOk) fail(status, call);
  }
  [[noreturn]] static void fail(Status status, const char* call);

  SharedLibrary library;

  Status (*const create_environment)(int options, const void*,
                                     Environment**) = library.symbol("LiteRtCreateEnvironment");
  void (*const destroy_environment)(Environment*) = library.symbol("LiteRtDestroyEnvironment");
  Status (*const create_model)(Environment*, const char* file,
                               Model**) = library.symbol("LiteRtCreateModelFromFile");
  void (*const destroy_model)(Model*) = library.symbol("LiteRtDestroyModel");

  Status (*const signature_count)(Model*, std::size_t*) = library.symbol("LiteRtGetNumModelSignatures");
  Status (*const signature)(Model*, std::size_t index,
                            Signature**) = library.symbol("LiteRtGetModelSignature");
  Status (*const signature_key)(Signature*, const char**) = library.symbol("LiteRtGetSignatureKey");
  Status (*const input_count)(Signature*, std::size_t*) = library.symbol("LiteRtGetNumSignatureInputs");
  Status (*const output_count)(Signature*, std::size_t*) = library.symbol("LiteRtGetNumSignatureOutputs");
  Status (*const input_name)(Signature*, std::size_t index,
                             const char**) = library.symbol("LiteRtGetSignatureInputName");
  Status (*const output_name)(Signature*, std::size_t index,
                              const char**) = library.symbol("LiteRtGetSignatureOutputName");
  Status (*const input)(Signature*, std::size_t index,
                        TensorPort**) = library.symbol("LiteRtGetSignatureInputTensorByIndex");
  Status (*const output)(Signature*, std::size_t index,
                         TensorPort**) = library.symbol("LiteRtGetSignatureOutputTensorByIndex");
  Status (*const tensor_type)(TensorPort*, TensorType*) = library.symbol("LiteRtGetRankedTensorType");

  Status (*const create_options)(Options**) = library.symbol("LiteRtCreateOptions");
  void (*const destroy_options)(Options*) = library.symbol("LiteRtDestroyOptions");
  Status (*const set_accelerators)(Options*, int) = library.symbol("LiteRtSetOptionsHardwareAccelerators");
  /// Takes the text, which `free` frees.
  Status (*const create_opaque_options)(const char* name, void* text, void (*free)(void*),
                                        OpaqueOptions**) = library.symbol("LiteRtCreateOpaqueOptions");
  /// Takes the opaque options.
  Status (*const add_opaque_options)(Options*, OpaqueOptions*) = library.symbol("LiteRtAddOpaqueOptions");

  Status (*const create_compiled_model)(Environment*, Model*, Options*,
                                        CompiledModel**) = library.symbol("LiteRtCreateCompiledModel");
  void (*const destroy_compiled_model)(CompiledModel*) = library.symbol("LiteRtDestroyCompiledModel");
  Status (*const resize_input)(CompiledModel*, std::size_t signature, std::size_t input,
                               const int* dimensions,
                               std::size_t rank) = library.symbol("LiteRtCompiledModelResizeInputTensor");
  Status (*const output_layouts)(CompiledModel*, std::size_t signature, std::size_t count, Layout*,
                                 bool allocate) = library.symbol("LiteRtGetCompiledModelOutputTensorLayouts");
  Status (*const input_requirements)(CompiledModel*, std::size_t signature, std::size_t input,
                                     BufferRequirements**) =
      library.symbol("LiteRtGetCompiledModelInputBufferRequirements");
  Status (*const output_requirements)(CompiledModel*, std::size_t signature, std::size_t output,
                                      BufferRequirements**) =
      library.symbol("LiteRtGetCompiledModelOutputBufferRequirements");
  Status (*const run)(CompiledModel*, std::size_t signature, std::size_t inputs, TensorBuffer**,
                      std::size_t outputs, TensorBuffer**) = library.symbol("LiteRtRunCompiledModel");

  Status (*const create_buffer)(Environment*, const TensorType*, BufferRequirements*, TensorBuffer**) =
      library.symbol("LiteRtCreateManagedTensorBufferFromRequirements");
  void (*const destroy_buffer)(TensorBuffer*) = library.symbol("LiteRtDestroyTensorBuffer");
  Status (*const buffer_bytes)(TensorBuffer*,
                               std::size_t*) = library.symbol("LiteRtGetTensorBufferPackedSize");
  Status (*const lock_buffer)(TensorBuffer*, void** bytes,
                              int mode) = library.symbol("LiteRtLockTensorBuffer");
  Status (*const unlock_buffer)(TensorBuffer*) = library.symbol("LiteRtUnlockTensorBuffer");
};

/// The library exports no version: that of the Python package whose METADATA lies beside its folder, as in
/// what we install and in what pip does. "unknown" where there is none.
std::string version_of(const std::string& library);

}  // namespace inferometer::worker::litert
