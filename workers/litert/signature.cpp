#include "litert/signature.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "base/error.h"
#include "sdk/cpp/element_types.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker::litert {
namespace {

using tensors::DType;

constexpr std::array<ElementTypes::Entry, 13> kNumbers = {{
    {DType::Float32, 1},
    {DType::Int32, 2},
    {DType::Uint8, 3},
    {DType::Int64, 4},
    {DType::Bool, 6},
    {DType::Int16, 7},
    {DType::Int8, 9},
    {DType::Float16, 10},
    {DType::Float64, 11},
    {DType::Uint64, 13},
    {DType::Uint32, 16},
    {DType::Uint16, 17},
    {DType::BFloat16, 19},
}};

constexpr ElementTypes kElementTypes{kNumbers};

/// How one side of a signature is read.
struct Side {
  Status (*count)(Signature*, std::size_t*);
  Status (*name)(Signature*, std::size_t index, const char**);
  Status (*port)(Signature*, std::size_t index, TensorPort**);
};

std::vector<Port> read_side(const Api& api, Signature* signature, const Side& side) {
  std::size_t count = 0;
  api.check(side.count(signature, &count), "GetNumSignatureInputs");
  std::vector<Port> ports;
  for (std::size_t i = 0; i < count; ++i) {
    const char* name = nullptr;
    api.check(side.name(signature, i, &name), "GetSignatureInputName");
    TensorPort* tensor = nullptr;
    api.check(side.port(signature, i, &tensor), "GetSignatureInputTensorByIndex");
    Port port{name, {}};
    api.check(api.tensor_type(tensor, &port.type), "GetRankedTensorType");
    ports.push_back(std::move(port));
  }
  return ports;
}

tensors::Shape shape_of(const Layout& layout) {
  return {layout.dimensions, layout.dimensions + std::min<unsigned>(layout.rank, kMaxRank)};
}

/// A buffer's bytes while they are ours.
class Locked {
 public:
  Locked(const Api& api, TensorBuffer* buffer, int mode) : api_(api), buffer_(buffer) {
    std::size_t bytes = 0;
    api.check(api.buffer_bytes(buffer, &bytes), "GetTensorBufferPackedSize");
    void* begin = nullptr;
    api.check(api.lock_buffer(buffer, &begin, mode), "LockTensorBuffer");
    bytes_ = {static_cast<std::byte*>(begin), bytes};
  }
  ~Locked() { api_.unlock_buffer(buffer_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  const Api& api_;
  TensorBuffer* buffer_;
  std::span<std::byte> bytes_;
};

}  // namespace

Ports ports_of(const Api& api, Model* model, const std::string& key) {
  std::size_t count = 0;
  api.check(api.signature_count(model, &count), "GetNumModelSignatures");
  for (std::size_t i = 0; i < count; ++i) {
    Signature* signature = nullptr;
    api.check(api.signature(model, i, &signature), "GetModelSignature");
    const char* name = nullptr;
    api.check(api.signature_key(signature, &name), "GetSignatureKey");
    if (!key.empty() && key != name) continue;
    return {i, read_side(api, signature, {api.input_count, api.input_name, api.input}),
            read_side(api, signature, {api.output_count, api.output_name, api.output})};
  }
  throw EngineError("LiteRT does not find the signature '" + key + "' of the model");
}

protocol::TensorDescription describe(const char* kind, const Port& port) {
  const auto dtype = kElementTypes.dtype_of(port.type.element_type);
  if (!dtype) {
    refuse_element_type(std::string(kind) + " '" + port.name + "'",
                        "of LiteRT element type " + std::to_string(port.type.element_type));
  }
  return {port.name, tensors::to_text(*dtype), shape_of(port.type.layout)};
}

void fill(const Api& api, TensorBuffer* buffer, const tensors::Tensor& tensor) {
  const Locked locked(api, buffer, kLockWrite);
  INFEROMETER_CHECK(locked.bytes().size() == tensor.bytes().size(), tensor.name());
  if (!tensor.bytes().empty())
    std::memcpy(locked.bytes().data(), tensor.bytes().data(), tensor.bytes().size());
}

tensors::Tensor copy_of(const Api& api, TensorBuffer* buffer, const Port& port) {
  const auto description = describe("output", port);
  tensors::Tensor copy(port.name, tensors::dtype_from_text(description.dtype), description.shape);
  const Locked locked(api, buffer, kLockRead);
  INFEROMETER_CHECK(locked.bytes().size() == copy.bytes().size(), port.name);
  if (!copy.bytes().empty()) std::memcpy(copy.bytes().data(), locked.bytes().data(), copy.bytes().size());
  return copy;
}

}  // namespace inferometer::worker::litert
