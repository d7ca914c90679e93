// What a session says of its inputs and outputs, in our words.
#pragma once

#include <vector>

#include "onnxruntime/library.h"
#include "protocol/messages.h"
#include "tensors/tensor.h"

namespace inferometer::worker::onnxruntime {

struct Signature {
  std::vector<protocol::TensorDescription> inputs;
  std::vector<protocol::TensorDescription> outputs;
};

/// Throws an unsupported EngineError that names the first input or output that is no tensor of numbers.
Signature signature_of(const Library& library, const Session* session);

/// `tensor` as the library sees it; it stays ours and must outlive the view.
Owned<Value> view_of(const Library& library, const MemoryPlace* memory, tensors::Tensor& tensor);

/// A copy of `value`, named `name`.
tensors::Tensor copy_of(const Library& library, Value* value, const std::string& name);

}  // namespace inferometer::worker::onnxruntime
