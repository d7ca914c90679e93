#include "openvino/signature.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "sdk/cpp/element_types.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker::openvino {
namespace {

using tensors::DType;

constexpr std::array<ElementTypes::Entry, 13> kNumbers = {{
    {DType::Bool, 1},
    {DType::BFloat16, 2},
    {DType::Float16, 3},
    {DType::Float32, 4},
    {DType::Float64, 5},
    {DType::Int8, 7},
    {DType::Int16, 8},
    {DType::Int32, 9},
    {DType::Int64, 10},
    {DType::Uint8, 16},
    {DType::Uint16, 17},
    {DType::Uint32, 18},
    {DType::Uint64, 19},
}};
constexpr ElementTypes kElementTypes{kNumbers};
constexpr int kElementString = 23;

StaticShape borrowed(const tensors::Shape& shape) {
  return {static_cast<std::int64_t>(shape.size()), const_cast<std::int64_t*>(shape.data())};
}

/// A dynamic dimension is -1; an unknown rank has no dimensions, like a scalar.
std::vector<std::int64_t> dimensions_of(const Api& api, const Port* port) {
  PartialShape shape{};
  api.check(api.port_get_partial_shape(port, &shape), "port_get_partial_shape");
  std::vector<std::int64_t> dimensions;
  const bool known_rank = shape.rank.minimum == shape.rank.maximum;
  for (std::int64_t i = 0; known_rank && i < shape.rank.minimum; ++i) {
    const Dimension& dimension = shape.dimensions[i];
    dimensions.push_back(dimension.minimum == dimension.maximum ? dimension.minimum : -1);
  }
  api.partial_shape_free(&shape);
  return dimensions;
}

protocol::TensorDescription describe(const Api& api, const char* kind, const Port* port) {
  char* text = nullptr;
  api.check(api.port_get_any_name(port, &text), "port_get_any_name");
  protocol::TensorDescription description;
  description.name = text;
  api.free_text(text);
  int element = 0;
  api.check(api.port_get_element_type(port, &element), "port_get_element_type");
  const auto dtype = kElementTypes.dtype_of(element);
  if (!dtype) {
    refuse_element_type(std::string(kind) + " '" + description.name + "'",
                        element == kElementString ? "a tensor of strings"
                                                  : "of OpenVINO element type " + std::to_string(element));
  }
  description.dtype = tensors::to_text(*dtype);
  description.shape = dimensions_of(api, port);
  return description;
}

/// How one side of the model is read.
struct Side {
  const char* kind;
  Status (*count)(const Model*, std::size_t*);
  Status (*port)(const Model*, std::size_t index, Port**);
};

std::vector<protocol::TensorDescription> describe_all(const Api& api, const Model* model, const Side& side) {
  std::size_t count = 0;
  api.check(side.count(model, &count), "model_inputs_size");
  std::vector<protocol::TensorDescription> descriptions;
  for (std::size_t i = 0; i < count; ++i) {
    Port* port = nullptr;
    api.check(side.port(model, i, &port), "model_const_input_by_index");
    const Owned<Port> owned(port, api.port_free);
    descriptions.push_back(describe(api, side.kind, port));
  }
  return descriptions;
}

tensors::Shape shape_of(const Api& api, const HostTensor* value) {
  StaticShape shape{};
  const Status status = api.tensor_get_shape(value, &shape);
  if (status == kInvalidParameter) return {};  // all that it has to say of a scalar
  api.check(status, "tensor_get_shape");
  tensors::Shape dimensions(shape.dimensions, shape.dimensions + shape.rank);
  api.check(api.shape_free(&shape), "shape_free");
  return dimensions;
}

}  // namespace

Signature signature_of(const Api& api, const Model* model) {
  return {describe_all(api, model, {"input", api.model_inputs_size, api.model_input}),
          describe_all(api, model, {"output", api.model_outputs_size, api.model_output})};
}

void check_element_types(const Api& api) {
  constexpr std::int64_t kElements = 8;
  for (const auto& [dtype, number] : kNumbers) {
    HostTensor* made = nullptr;
    std::size_t size_bytes = 0;
    if (api.tensor_create(number, borrowed({kElements}), &made) == kOk) {
      const Owned<HostTensor> owned(made, api.tensor_free);
      api.check(api.tensor_get_byte_size(made, &size_bytes), "tensor_get_byte_size");
    }
    if (size_bytes != kElements * tensors::element_bytes(dtype)) {
      throw EngineError(
          "this version of OpenVINO numbers its element types otherwise: " + std::to_string(number) +
          " is not " + tensors::to_text(dtype) + "; 2025.4.1 and 2026.4.1 are known to work");
    }
  }
}

Owned<HostTensor> view_of(const Api& api, tensors::Tensor& tensor) {
  HostTensor* view = nullptr;
  api.check(api.tensor_create_from_host(kElementTypes.number_of(tensor.type()), borrowed(tensor.shape()),
                                        tensor.bytes().data(), &view),
            "tensor_create_from_host_ptr");
  return {view, api.tensor_free};
}

tensors::Tensor copy_of(const Api& api, const HostTensor* value, const std::string& name) {
  int element = 0;
  api.check(api.tensor_get_element_type(value, &element), "tensor_get_element_type");
  const auto dtype = kElementTypes.dtype_of(element);
  INFEROMETER_CHECK(dtype, name);
  tensors::Tensor copy(name, *dtype, shape_of(api, value));
  void* bytes = nullptr;
  api.check(api.tensor_data(value, &bytes), "tensor_data");
  if (!copy.bytes().empty()) std::memcpy(copy.bytes().data(), bytes, copy.bytes().size());
  return copy;
}

}  // namespace inferometer::worker::openvino
