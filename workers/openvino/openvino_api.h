// The few functions of OpenVINO's C API that we use, declared by ourselves: no SDK is needed to build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sdk/cpp/shared_library.h"
#include "tensors/tensor.h"

namespace inferometer::worker::openvino {

// Objects of the library, only ever held by pointer.
struct CompiledModel;
struct Core;
struct HostTensor;
struct InferRequest;
struct Model;
struct Port;

// Values that the library fills in; their layout is part of its ABI.
struct Version {
  const char* build_number;
  const char* description;
};
struct StaticShape {
  std::int64_t rank;
  std::int64_t* dimensions;
};
struct Dimension {
  std::int64_t minimum;
  std::int64_t maximum;  ///< -1: no limit
};
struct PartialShape {
  Dimension rank;
  Dimension* dimensions;
};

using Status = int;
constexpr Status kOk = 0;
constexpr Status kNotImplemented = -2;
constexpr Status kInvalidParameter = -14;

/// The opened library. Every function that we use is found when it is opened, or an EngineError names the
/// first one that is missing.
struct Api {
  explicit Api(const std::string& file) : library(file) {}

  /// Throws EngineError with the library's own text unless `status` is kOk.
  void check(Status status, const char* call) const {
    if (status != kOk) fail(status, call);
  }
  [[noreturn]] void fail(Status status, const char* call) const;

  SharedLibrary library;

  const char* (*const get_last_error)() = library.symbol("ov_get_last_err_msg");
  void (*const free_text)(const char*) = library.symbol("ov_free");
  Status (*const get_version)(Version*) = library.symbol("ov_get_openvino_version");
  void (*const version_free)(Version*) = library.symbol("ov_version_free");

  Status (*const core_create)(Core**) = library.symbol("ov_core_create");
  void (*const core_free)(Core*) = library.symbol("ov_core_free");
  Status (*const core_read_model)(const Core*, const char* file, const char* weights,
                                  Model**) = library.symbol("ov_core_read_model");
  /// The arguments at the end are keys and values in turn; `arguments` counts both.
  Status (*const core_compile_model)(const Core*, const Model*, const char* device, std::size_t arguments,
                                     CompiledModel**, ...) = library.symbol("ov_core_compile_model");

  void (*const model_free)(Model*) = library.symbol("ov_model_free");
  Status (*const model_inputs_size)(const Model*, std::size_t*) = library.symbol("ov_model_inputs_size");
  Status (*const model_outputs_size)(const Model*, std::size_t*) = library.symbol("ov_model_outputs_size");
  Status (*const model_input)(const Model*, std::size_t index,
                              Port**) = library.symbol("ov_model_const_input_by_index");
  Status (*const model_output)(const Model*, std::size_t index,
                               Port**) = library.symbol("ov_model_const_output_by_index");
  Status (*const model_reshape)(const Model*, const char** names, const PartialShape*,
                                std::size_t count) = library.symbol("ov_model_reshape");

  void (*const port_free)(Port*) = library.symbol("ov_output_const_port_free");
  Status (*const port_get_any_name)(const Port*, char** name) = library.symbol("ov_port_get_any_name");
  Status (*const port_get_partial_shape)(const Port*,
                                         PartialShape*) = library.symbol("ov_port_get_partial_shape");
  Status (*const port_get_element_type)(const Port*, int*) = library.symbol("ov_port_get_element_type");
  void (*const partial_shape_free)(PartialShape*) = library.symbol("ov_partial_shape_free");

  void (*const compiled_model_free)(CompiledModel*) = library.symbol("ov_compiled_model_free");
  Status (*const compiled_model_get_property)(const CompiledModel*, const char* key, char** value) =
      library.symbol("ov_compiled_model_get_property");
  Status (*const compiled_model_create_infer_request)(const CompiledModel*, InferRequest**) =
      library.symbol("ov_compiled_model_create_infer_request");

  void (*const infer_request_free)(InferRequest*) = library.symbol("ov_infer_request_free");
  Status (*const infer_request_set_input)(InferRequest*, std::size_t index, const HostTensor*) =
      library.symbol("ov_infer_request_set_input_tensor_by_index");
  Status (*const infer_request_infer)(InferRequest*) = library.symbol("ov_infer_request_infer");
  Status (*const infer_request_get_output)(const InferRequest*, std::size_t index, HostTensor**) =
      library.symbol("ov_infer_request_get_output_tensor_by_index");

  Status (*const tensor_create)(int element_type, StaticShape,
                                HostTensor**) = library.symbol("ov_tensor_create");
  Status (*const tensor_create_from_host)(int element_type, StaticShape, void* bytes,
                                          HostTensor**) = library.symbol("ov_tensor_create_from_host_ptr");
  void (*const tensor_free)(HostTensor*) = library.symbol("ov_tensor_free");
  Status (*const tensor_get_shape)(const HostTensor*, StaticShape*) = library.symbol("ov_tensor_get_shape");
  Status (*const tensor_get_element_type)(const HostTensor*,
                                          int*) = library.symbol("ov_tensor_get_element_type");
  Status (*const tensor_get_byte_size)(const HostTensor*,
                                       std::size_t*) = library.symbol("ov_tensor_get_byte_size");
  Status (*const tensor_data)(const HostTensor*, void**) = library.symbol("ov_tensor_data");
  Status (*const shape_free)(StaticShape*) = library.symbol("ov_shape_free");
};

}  // namespace inferometer::worker::openvino
