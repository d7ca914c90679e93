#include "inputs/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/field_error.h"
#include "base/text.h"
#include "tensors/tensor.h"

namespace inferometer::inputs {
namespace {

using results::Dimension;
using results::ModelInput;

constexpr std::int64_t kDefaultSequenceLength = 128;
/// Eight sets are made and each worker keeps them in memory.
constexpr std::int64_t kMaxInputBytes = std::int64_t{1} << 30;

/// "pixel_values [batch, 3, ?0, ?1]".
std::string signature(const ModelInput& input) {
  std::vector<std::string> dimensions;
  for (const Dimension& dimension : input.shape) {
    dimensions.push_back(dimension.size > 0 ? std::to_string(dimension.size)
                                            : base::printable(dimension.name, 40));
  }
  return fmt::format("{} [{}]", base::printable(input.name, 80), base::join(dimensions, ", "));
}

std::string signatures(const std::vector<ModelInput>& inputs) {
  std::vector<std::string> all;
  for (const ModelInput& input : inputs) all.push_back(signature(input));
  return base::join(all, ", ");
}

/// Names of the open dimensions of that role, in the order of the inputs.
std::vector<std::string> open_dimensions(const Request& request, const std::string& role) {
  std::vector<std::string> names;
  for (const ModelInput& input : inputs_of(request)) {
    for (const Dimension& dimension : input.shape) {
      const bool seen = std::ranges::find(names, dimension.name) != names.end();
      if (dimension.size == 0 && dimension.role == role && !seen) names.push_back(dimension.name);
    }
  }
  return names;
}

void check_batch(const Request& request) {
  if (request.batch_size < 1) {
    throw base::FieldError("batch_sizes", fmt::format("found {}, allowed is 1 or more", request.batch_size));
  }
  if (request.batch_size > 1 && open_dimensions(request, "batch").empty()) {
    throw base::FieldError(
        "batch_sizes", fmt::format("found {}, but no input of this model has an open batch dimension ({}): "
                                   "leave it out",
                                   request.batch_size, signatures(inputs_of(request))));
  }
}

void check_sequence(const Request& request) {
  const std::int64_t limit = request.model.max_sequence_length;
  const std::int64_t length = request.sequence_length;
  if (length == 0) return;
  if (length < 0 || (limit > 0 && length > limit)) {
    throw base::FieldError(
        "sequence_lengths",
        fmt::format("found {}, allowed is 1 {}", length,
                    limit > 0 ? fmt::format("to {}, the longest that this model takes", limit) : "or more"));
  }
  if (open_dimensions(request, "sequence").empty()) {
    throw base::FieldError("sequence_lengths",
                           fmt::format("found {}, but no input of this model has an open sequence dimension "
                                       "({}): leave it out",
                                       length, signatures(inputs_of(request))));
  }
}

void check_dims(const Request& request) {
  const auto free = open_dimensions(request, "");
  for (const auto& [name, size] : request.dims) {
    const auto found = fmt::format("{}={}: ", base::printable(name, 80), size);
    for (const char* role : {"batch", "sequence"}) {
      const auto taken = open_dimensions(request, role);
      if (std::ranges::find(taken, name) != taken.end())
        throw base::FieldError(
            "dims", fmt::format("{}this is the {} dimension, which has a field of its own", found, role));
    }
    if (std::ranges::find(free, name) == free.end())
      throw base::FieldError("dims", found + base::unknown_word("dimension", name, free));
    if (size < 1) throw base::FieldError("dims", found + "allowed is 1 or more");
  }
}

void check_nothing_open(const Request& request) {
  std::vector<std::string> unbound;
  for (const auto& name : open_dimensions(request, "")) {
    if (!request.dims.contains(name)) unbound.push_back(base::shell_word(base::printable(name + "=N")));
  }
  if (unbound.empty()) return;
  throw base::FieldError(
      "dims", fmt::format("the inputs of this model have open dimensions ({}): add, with numbers for N, {}",
                          signatures(inputs_of(request)), base::join(unbound, " and ")));
}

std::int64_t size_of(const Dimension& dimension, const Request& request) {
  if (dimension.size > 0) return dimension.size;
  if (dimension.role == "batch") return request.batch_size;
  if (dimension.role.empty()) return request.dims.at(dimension.name);
  if (request.sequence_length > 0) return request.sequence_length;
  const std::int64_t limit = request.model.max_sequence_length;
  return limit > 0 ? std::min(kDefaultSequenceLength, limit) : kDefaultSequenceLength;
}

void check_size(const ModelInput& input, const tensors::Shape& shape) {
  std::int64_t size_bytes = 0;
  const auto each = static_cast<std::int64_t>(tensors::element_bytes(tensors::dtype_from_text(input.dtype)));
  if (__builtin_mul_overflow(tensors::element_count(shape), each, &size_bytes) ||
      size_bytes > kMaxInputBytes) {
    throw base::UserError(fmt::format("input '{}' would be {} {}: one input may have {} at most",
                                      base::printable(input.name, 80), input.dtype, tensors::to_text(shape),
                                      base::format_bytes(static_cast<double>(kMaxInputBytes))));
  }
}

}  // namespace

Shapes resolve_shapes(const Request& request) {
  check_batch(request);
  check_sequence(request);
  check_dims(request);
  check_nothing_open(request);
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const ModelInput& input : inputs_of(request)) {
    auto& shape = shapes[input.name];
    for (const Dimension& dimension : input.shape) shape.push_back(size_of(dimension, request));
    check_size(input, shape);
  }
  return shapes;
}

}  // namespace inferometer::inputs
