// The few functions of TensorFlow's C API that we use, declared by ourselves: no SDK is needed to build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sdk/cpp/shared_library.h"

namespace inferometer::worker::tensorflow {

// Objects of the library, only ever held by pointer.
struct Graph;
struct Operation;
struct Session;
struct SessionOptions;
struct Status;
struct Value;

// Values that the library fills in or reads; their layout is part of its ABI.
struct Buffer {
  const void* bytes;
  std::size_t size_bytes;
  void (*free)(void* bytes, std::size_t size_bytes);
};
/// One output of an operation: also an input of the model.
struct Place {
  Operation* operation;
  int index;
};

constexpr int kOk = 0;
constexpr int kUnimplemented = 12;

/// The opened library. Every function that we use is found when it is opened, or an EngineError names the
/// first one that is missing.
struct Api {
  explicit Api(const std::string& file) : library(file) {}

  /// Throws EngineError with the library's own text unless `status` is good.
  void check(const Status* status, const char* call) const {
    if (get_code(status) != kOk) fail(status, call);
  }
  [[noreturn]] void fail(const Status* status, const char* call) const;

  SharedLibrary library;

  const char* (*const version)() = library.symbol("TF_Version");
  Status* (*const new_status)() = library.symbol("TF_NewStatus");
  void (*const delete_status)(Status*) = library.symbol("TF_DeleteStatus");
  int (*const get_code)(const Status*) = library.symbol("TF_GetCode");
  const char* (*const get_message)(const Status*) = library.symbol("TF_Message");
  Buffer* (*const new_buffer)() = library.symbol("TF_NewBuffer");
  void (*const delete_buffer)(Buffer*) = library.symbol("TF_DeleteBuffer");

  SessionOptions* (*const new_options)() = library.symbol("TF_NewSessionOptions");
  void (*const delete_options)(SessionOptions*) = library.symbol("TF_DeleteSessionOptions");
  /// `config` is a serialized ConfigProto.
  void (*const set_config)(SessionOptions*, const void* config, std::size_t size_bytes,
                           Status*) = library.symbol("TF_SetConfig");
  void (*const enable_xla)(SessionOptions*, unsigned char enable) = library.symbol("TF_EnableXLACompilation");

  Graph* (*const new_graph)() = library.symbol("TF_NewGraph");
  void (*const delete_graph)(Graph*) = library.symbol("TF_DeleteGraph");
  Operation* (*const operation)(Graph*, const char* name) = library.symbol("TF_GraphOperationByName");
  int (*const output_count)(Operation*) = library.symbol("TF_OperationNumOutputs");
  /// Fills graph and meta graph.
  Session* (*const load_saved_model)(const SessionOptions*, const Buffer* run_options, const char* folder,
                                     const char* const* tags, int tag_count, Graph*, Buffer* meta_graph,
                                     Status*) = library.symbol("TF_LoadSessionFromSavedModel");
  void (*const close_session)(Session*, Status*) = library.symbol("TF_CloseSession");
  void (*const delete_session)(Session*, Status*) = library.symbol("TF_DeleteSession");
  /// Makes new values for the outputs, which are the caller's.
  void (*const run)(Session*, const Buffer* run_options, const Place* inputs, Value* const* input_values,
                    int input_count, const Place* outputs, Value** output_values, int output_count,
                    const Operation* const* targets, int target_count, Buffer* run_metadata,
                    Status*) = library.symbol("TF_SessionRun");

  Value* (*const new_value)(int type, const std::int64_t* shape, int rank,
                            std::size_t size_bytes) = library.symbol("TF_AllocateTensor");
  void (*const delete_value)(Value*) = library.symbol("TF_DeleteTensor");
  void* (*const value_bytes)(const Value*) = library.symbol("TF_TensorData");
  std::size_t (*const value_size_bytes)(const Value*) = library.symbol("TF_TensorByteSize");
  int (*const value_type)(const Value*) = library.symbol("TF_TensorType");
  int (*const value_rank)(const Value*) = library.symbol("TF_NumDims");
  std::int64_t (*const value_dimension)(const Value*, int index) = library.symbol("TF_Dim");
};

}  // namespace inferometer::worker::tensorflow
