#include "quantize/smoothing.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/error.h"
#include "onnx/stored_elements.h"
#include "onnx/types.h"

namespace inferometer::quantize {
namespace {

/// Channels that are all zero, and factors that would leave the range of float32.
constexpr float kSmallestMaximum = 1e-5f;
constexpr float kSmallestFactor = 1e-4f;

bool is_vector(const onnx::TensorProto* tensor, std::size_t size) {
  return tensor != nullptr && tensor->data_type() == onnx::kFloat32 && tensor->dims_size() == 1 &&
         tensor->dims(0) == static_cast<std::int64_t>(size);
}

/// Index of the input that is a constant with one number a channel; -1: there is none.
int vector_input(const onnx::NodeProto& node, const onnx::GraphIndex& index, std::size_t size) {
  for (int i = 0; i < node.input_size(); ++i)
    if (is_vector(index.constant(node.input(i)), size)) return i;
  return -1;
}

std::optional<Norm> norm_behind(const std::string& output, const onnx::GraphIndex& index,
                                std::size_t channels) {
  const auto* node = index.producer(output);
  if (node == nullptr || node->output_size() == 0 || node->output(0) != output) return std::nullopt;
  Norm norm;
  norm.output = output;
  norm.scale_node = node;
  if (node->op_type() == "LayerNormalization") {
    if (node->input_size() < 2 || !is_vector(index.constant(node->input(1)), channels)) return std::nullopt;
    if (node->input_size() < 3 || node->input(2).empty()) return norm;
    norm.shift_node = node;
    return is_vector(index.constant(node->input(2)), channels) ? std::optional(norm) : std::nullopt;
  }
  if (node->op_type() != "Add" || node->input_size() != 2) return std::nullopt;
  norm.shift_node = node;
  norm.shift_input = vector_input(*node, index, channels);
  if (norm.shift_input < 0) return std::nullopt;
  const auto& product = node->input(1 - norm.shift_input);
  norm.scale_node = index.producer(product);
  if (norm.scale_node == nullptr || norm.scale_node->op_type() != "Mul" || index.uses(product).size() != 1)
    return std::nullopt;
  norm.scale_input = vector_input(*norm.scale_node, index, channels);
  return norm.scale_input < 0 ? std::nullopt : std::optional(norm);
}

class Smoother {
 public:
  Smoother(const Smoothing& smoothing, const Graph& graph, GraphWriter& writer)
      : smoothing_(smoothing), graph_(graph), writer_(writer) {}

  Smoothed run() {
    for (const auto& norm : smoothing_.norms) add(norm);
    return std::move(smoothed_);
  }

 private:
  void add(const Norm& norm) {
    const auto found = smoothing_.maxima.find(norm.output);
    const auto channels = norm.products.front()->shape.rows;
    if (found == smoothing_.maxima.end() || found->second.size() != channels) {
      throw base::UserError("calibration has no " + std::to_string(channels) + " maxima of the activation " +
                            norm.output);
    }
    const auto factors = smoothing_factors(norm, found->second, smoothing_.alpha, graph_.source);
    divide(*norm.scale_node, norm.scale_input, factors);
    if (norm.shift_node != nullptr) divide(*norm.shift_node, norm.shift_input, factors);
    const Smoothed::Ending ending{writer_.unique(norm.output + ".smoothed"), norm.output,
                                  writer_.constant(norm.output + ".factors", tensors::DType::Float32, factors,
                                                   {static_cast<std::int64_t>(channels)})};
    for (const auto* product : norm.products) smoothed_.data_of[product->node] = {ending.smoothed, factors};
    smoothed_.endings[graph_.index.producer(norm.output)] = ending;
  }

  void divide(const onnx::NodeProto& node, int input, const std::vector<float>& factors) {
    const auto& name = node.input(input);
    auto values = onnx::float32_values(*graph_.index.constant(name), graph_.source.file);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] /= factors[i];
    smoothed_.inputs[&node][input] = writer_.constant(name + ".smoothed", tensors::DType::Float32, values,
                                                      {static_cast<std::int64_t>(values.size())});
  }

  const Smoothing& smoothing_;
  const Graph& graph_;
  GraphWriter& writer_;
  Smoothed smoothed_;
};

}  // namespace

std::vector<Norm> find_norms(const onnx::GraphIndex& index, const std::vector<Product>& products) {
  std::vector<Norm> norms;
  for (const auto& product : products) {
    if (!product.is_linear()) continue;
    const auto known = std::find_if(norms.begin(), norms.end(),
                                    [&](const Norm& norm) { return norm.output == product.data; });
    if (known != norms.end()) {
      known->products.push_back(&product);
    } else if (auto norm = norm_behind(product.data, index, product.shape.rows)) {
      norm->products.push_back(&product);
      norms.push_back(std::move(*norm));
    }
  }
  return norms;
}

std::vector<float> smoothing_factors(const Norm& norm, const std::vector<float>& activations, double alpha,
                                     const Source& source) {
  std::vector<float> largest(activations.size(), 0);
  for (const auto* product : norm.products) {
    const auto weights = weights_of(*product, source);
    INFEROMETER_CHECK(product->shape.rows == largest.size(), product->decision.node);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      auto& of_row = largest[i / product->shape.columns];
      of_row = std::max(of_row, std::abs(weights[i]));
    }
  }
  std::vector<float> factors(activations.size());
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double activation = std::max(activations[i], kSmallestMaximum);
    const double weight = std::max(largest[i], kSmallestMaximum);
    const double factor = std::pow(activation, alpha) / std::pow(weight, 1 - alpha);
    factors[i] = std::max(static_cast<float>(factor), kSmallestFactor);
  }
  return factors;
}

Smoothed smooth(const Smoothing& smoothing, const Graph& graph, GraphWriter& writer) {
  return Smoother(smoothing, graph, writer).run();
}

}  // namespace inferometer::quantize
