// What LiteRT says of a model's inputs and outputs, in our words; tensors in and out of its buffers.
#pragma once

#include <string>
#include <vector>

#include "litert/litert_api.h"
#include "protocol/messages.h"
#include "tensors/tensor.h"

namespace inferometer::worker::litert {

/// One input or output, in the order of the signature.
struct Port {
  std::string name;
  TensorType type;
};

struct Ports {
  std::size_t signature = 0;  ///< its index in the model
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

/// Of the signature called `key`; of the only one that LiteRT makes up where `key` is empty because the file
/// has none. Throws EngineError when there is no such signature.
Ports ports_of(const Api& api, Model* model, const std::string& key);

/// Throws an unsupported EngineError for an element type that is none of ours.
protocol::TensorDescription describe(const char* kind, const Port& port);

/// `tensor` must have the type of the buffer.
void fill(const Api& api, TensorBuffer* buffer, const tensors::Tensor& tensor);

/// A copy of what is in the buffer of `port`.
tensors::Tensor copy_of(const Api& api, TensorBuffer* buffer, const Port& port);

}  // namespace inferometer::worker::litert
