// What a model says of its inputs and outputs, in our words.
#pragma once

#include <memory>
#include <vector>

#include "openvino/openvino_api.h"
#include "protocol/messages.h"
#include "tensors/tensor.h"

namespace inferometer::worker::openvino {

template <typename Object>
using Owned = std::unique_ptr<Object, void (*)(Object*)>;

struct Signature {
  std::vector<protocol::TensorDescription> inputs;
  std::vector<protocol::TensorDescription> outputs;
};

/// Of a model as it was read: compiling may give a port further names, and then any of them is reported.
/// Throws an unsupported EngineError that names the first input or output that is no tensor of numbers.
Signature signature_of(const Api& api, const Model* model);

/// Throws EngineError when this version of the library numbers the element types otherwise than we do.
void check_element_types(const Api& api);

/// `tensor` as the library sees it; it stays ours and must outlive the view.
Owned<HostTensor> view_of(const Api& api, tensors::Tensor& tensor);

/// A copy of `value`, named `name`.
tensors::Tensor copy_of(const Api& api, const HostTensor* value, const std::string& name);

}  // namespace inferometer::worker::openvino
