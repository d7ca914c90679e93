// What every engine would have to check of a request, checked once by the loop.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "protocol/messages.h"
#include "tensors/tensor.h"

namespace inferometer::worker {

/// The given options, checked against the allowed ones, and the defaults of the others. An option with an
/// empty default stays out unless given: the engine's own default holds. Throws EngineError that names an
/// unknown option (with the nearest known one) or a wrong value (with what is allowed).
std::map<std::string, std::string> complete_options(std::span<const protocol::Option> allowed,
                                                    const std::map<std::string, std::string>& given);

/// Throws EngineError when there is no part or a name is there twice; an unsupported one when the description
/// does not name the format, device or precision, or when an engine of one thread is asked for more.
void check_load(const protocol::Description& description, const protocol::Load& request);

/// For engines whose artefacts have one graph. Throws an unsupported EngineError where there are more parts.
const protocol::LoadPart& only_part(const protocol::Load& request);

/// The shape that the workload has for `input` (its name, and its shape in the model: -1 is any size, no
/// dimensions are an unknown rank). Throws EngineError when it has none, or one that the model does not take.
const std::vector<std::int64_t>& workload_shape(const protocol::LoadPart& part,
                                                const protocol::TensorDescription& input);

/// Throws EngineError that names the input when one is missing, not the model's, or of a wrong type, rank or
/// fixed dimension. A model input with an empty shape (scalar, or rank unknown) takes any shape.
void check_inputs(std::span<const protocol::TensorDescription> expected,
                  std::span<const tensors::Tensor> given);

}  // namespace inferometer::worker
