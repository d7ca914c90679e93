#include "onnxruntime/signature.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "sdk/cpp/element_types.h"

namespace inferometer::worker::onnxruntime {
namespace {

using tensors::DType;

// The numbers are those of the ONNX format.
constexpr std::array<ElementTypes::Entry, 13> kNumbers = {{
    {DType::Float32, 1},
    {DType::Uint8, 2},
    {DType::Int8, 3},
    {DType::Uint16, 4},
    {DType::Int16, 5},
    {DType::Int32, 6},
    {DType::Int64, 7},
    {DType::Bool, 9},
    {DType::Float16, 10},
    {DType::Float64, 11},
    {DType::Uint32, 12},
    {DType::Uint64, 13},
    {DType::BFloat16, 16},
}};
constexpr ElementTypes kElementTypes{kNumbers};
constexpr int kElementString = 8;

int element_type_of(const Library& library, const TensorType* tensor) {
  int type = 0;
  library.call(kGetTensorElementType, tensor, &type);
  return type;
}

tensors::Shape shape_of(const Library& library, const TensorType* tensor) {
  std::size_t rank = 0;
  library.call(kGetDimensionsCount, tensor, &rank);
  tensors::Shape shape(rank);
  library.call(kGetDimensions, tensor, shape.data(), rank);
  return shape;
}

/// How one side of the model is read.
struct Side {
  const char* kind;
  Member<Status*(const Session*, std::size_t*)> count;
  Member<Status*(const Session*, std::size_t, Allocator*, char**)> name;
  Member<Status*(const Session*, std::size_t, ValueType**)> type;
};
constexpr Side kInputSide{"input", kSessionGetInputCount, kSessionGetInputName, kSessionGetInputTypeInfo};
constexpr Side kOutputSide{"output", kSessionGetOutputCount, kSessionGetOutputName,
                           kSessionGetOutputTypeInfo};

std::string name_of(const Library& library, const Session* session, const Side& side, std::size_t index) {
  Allocator* allocator = nullptr;
  library.call(kGetAllocatorWithDefaultOptions, &allocator);
  char* text = nullptr;
  library.call(side.name, session, index, allocator, &text);
  std::string name = text;
  library.call(kAllocatorFree, allocator, text);
  return name;
}

protocol::TensorDescription describe(const Library& library, const Session* session, const Side& side,
                                     std::size_t index) {
  const std::string name = name_of(library, session, side, index);
  const std::string title = std::string(side.kind) + " '" + name + "'";
  const auto type = library.create(side.type, kReleaseTypeInfo, session, index);
  int kind = 0;
  library.call(kGetOnnxTypeFromTypeInfo, type.get(), &kind);
  if (kind != kTypeTensor)
    refuse_element_type(title, "no tensor (a sequence, map, optional or sparse tensor)");
  const TensorType* tensor = nullptr;
  library.call(kCastTypeInfoToTensorInfo, type.get(), &tensor);
  const int element = element_type_of(library, tensor);
  if (element == kElementString) refuse_element_type(title, "a tensor of strings");
  const auto dtype = kElementTypes.dtype_of(element);
  if (!dtype) refuse_element_type(title, "a tensor of ONNX element type " + std::to_string(element));
  protocol::TensorDescription description{name, tensors::to_text(*dtype), shape_of(library, tensor)};
  return description;
}

std::vector<protocol::TensorDescription> describe_all(const Library& library, const Session* session,
                                                      const Side& side) {
  std::size_t count = 0;
  library.call(side.count, session, &count);
  std::vector<protocol::TensorDescription> descriptions;
  for (std::size_t i = 0; i < count; ++i) descriptions.push_back(describe(library, session, side, i));
  return descriptions;
}

}  // namespace

Signature signature_of(const Library& library, const Session* session) {
  return {describe_all(library, session, kInputSide), describe_all(library, session, kOutputSide)};
}

Owned<Value> view_of(const Library& library, const MemoryPlace* memory, tensors::Tensor& tensor) {
  return library.create(kCreateTensorWithDataAsOrtValue, kReleaseValue, memory, tensor.bytes().data(),
                        tensor.bytes().size(), tensor.shape().data(), tensor.shape().size(),
                        kElementTypes.number_of(tensor.type()));
}

tensors::Tensor copy_of(const Library& library, Value* value, const std::string& name) {
  const auto tensor = library.create(kGetTensorTypeAndShape, kReleaseTensorTypeAndShapeInfo, value);
  const auto dtype = kElementTypes.dtype_of(element_type_of(library, tensor.get()));
  INFEROMETER_CHECK(dtype, name);
  tensors::Tensor copy(name, *dtype, shape_of(library, tensor.get()));
  void* bytes = nullptr;
  library.call(kGetTensorMutableData, value, &bytes);
  if (!copy.bytes().empty()) std::memcpy(copy.bytes().data(), bytes, copy.bytes().size());
  return copy;
}

}  // namespace inferometer::worker::onnxruntime
