#include "quantize/products.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "onnx/stored_elements.h"
#include "onnx/types.h"
#include "quantize/bounds.h"

namespace inferometer::quantize {
namespace {

/// Below so many columns the nodes of a scale a token cost more than the product saves.
constexpr std::size_t kLeastColumnsPerToken = 256;
/// QuantizeLinear has had scales along an axis since then.
constexpr std::int64_t kOpsetOfAxis = 13;

/// With constant weights, and never quantized here.
constexpr std::array<std::string_view, 4> kFloatOperators = {"Conv", "ConvTranspose", "LSTM", "GRU"};

std::int64_t count_of(const onnx::TensorProto& tensor) {
  return tensors::element_count({tensor.dims().begin(), tensor.dims().end()});
}

float number_attribute(const onnx::NodeProto& node, std::string_view name, float absent) {
  for (const auto& attribute : node.attribute())
    if (attribute.name() == name && attribute.has_f()) return attribute.f();
  return absent;
}

class Finder {
 public:
  Finder(const Graph& graph, const Recipe& recipe)
      : source_(graph.source), index_(graph.index), recipe_(recipe), opset_(opset_of(source_.model)) {}

  std::vector<Product> run() {
    for (const auto& node : source_.model.graph().node()) {
      if (!node.domain().empty() && node.domain() != "ai.onnx") continue;
      Product product;
      product.node = &node;
      product.decision.node = node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
      product.decision.op = node.op_type();
      if (read(product)) products_.push_back(std::move(product));
    }
    return std::move(products_);
  }

 private:
  /// False for nodes that are none of ours.
  bool read(Product& product) const {
    const auto& node = *product.node;
    if (node.op_type() == "MatMul") {
      read_matmul(product);
    } else if (node.op_type() == "Gemm") {
      read_gemm(product);
    } else if (node.op_type() == "Gather") {
      return read_table(product);
    } else if (std::find(kFloatOperators.begin(), kFloatOperators.end(), node.op_type()) !=
               kFloatOperators.end()) {
      product.weights = node.input_size() > 1 ? index_.constant(node.input(1)) : nullptr;
      product.decision.outcome = Outcome::FloatOperator;
      product.decision.weights = product.weights == nullptr ? 0 : count_of(*product.weights);
    } else {
      return false;
    }
    return true;
  }

  void read_matmul(Product& product) const {
    const auto& node = *product.node;
    product.data = node.input(0);
    product.weights = index_.constant(node.input(1));
    if (product.weights == nullptr) find_transposed(product, node.input(1));
    if (product.weights == nullptr) {
      const bool constant_left = index_.constant(node.input(0)) != nullptr;
      product.decision.outcome = constant_left                 ? Outcome::ConstantLeft
                                 : recipe_.activation_products ? Outcome::Product
                                                               : Outcome::FloatAttention;
      return;
    }
    decide(product);
  }

  /// Exporters leave a Transpose between the weights and their product.
  void find_transposed(Product& product, const std::string& name) const {
    const auto* node = index_.producer(name);
    if (node == nullptr || node->op_type() != "Transpose") return;
    const auto* tensor = index_.constant(node->input(0));
    if (tensor == nullptr || tensor->dims_size() != 2) return;
    for (const auto& attribute : node->attribute())
      if (attribute.name() == "perm" && attribute.ints_size() == 2 && attribute.ints(0) == 0) return;
    product.weights = tensor;
    product.stored_transposed = true;
  }

  void read_gemm(Product& product) const {
    const auto& node = *product.node;
    product.data = node.input(0);
    product.weights = index_.constant(node.input(1));
    product.bias = node.input_size() > 2 ? node.input(2) : "";
    product.stored_transposed = onnx::integer_attribute(node, "transB", 0) != 0;
    const bool scaled = number_attribute(node, "alpha", 1) != 1 || number_attribute(node, "beta", 1) != 1 ||
                        onnx::integer_attribute(node, "transA", 0) != 0;
    if (product.weights == nullptr) {
      product.decision.outcome =
          index_.constant(node.input(0)) != nullptr ? Outcome::ConstantLeft : Outcome::FloatAttention;
    } else if (!recipe_.gemm || scaled) {
      product.decision.weights = count_of(*product.weights);
      product.decision.outcome = recipe_.gemm ? Outcome::ScaledGemm : Outcome::FloatOperator;
    } else {
      decide(product);
    }
  }

  bool read_table(Product& product) const {
    const auto& node = *product.node;
    product.data = node.input(1);
    product.weights = index_.constant(node.input(0));
    const auto* table = product.weights;
    if (table == nullptr || table->dims_size() != 2 || table->data_type() != onnx::kFloat32 ||
        onnx::integer_attribute(node, "axis", 0) != 0)
      return false;
    product.decision.weights = count_of(*table);
    product.decision.outcome = recipe_.tables == Tables::Float ? Outcome::FloatTable : Outcome::Table;
    if (product.decision.outcome == Outcome::Table && !is_finite(*table))
      product.decision.outcome = Outcome::NotFinite;
    set_shape(product);
    return true;
  }

  void decide(Product& product) const {
    const auto& tensor = *product.weights;
    auto& decision = product.decision;
    decision.weights = count_of(tensor);
    if (tensor.data_type() != onnx::kFloat32) {
      decision.outcome = Outcome::OtherType;
    } else if (tensor.dims_size() != 2) {
      // One scale a column exists for matrices only.
      decision.outcome = Outcome::OtherRank;
    } else if (decision.weights < std::max<std::int64_t>(1, recipe_.least_weights)) {
      decision.outcome = Outcome::FewWeights;
    } else if (!is_finite(tensor)) {
      decision.outcome = Outcome::NotFinite;
    } else {
      set_shape(product);
      choose_activations(product);
    }
  }

  void choose_activations(Product& product) const {
    product.decision.outcome = Outcome::PerTensor;
    if (!recipe_.per_token_where_bounded || opset_ < kOpsetOfAxis ||
        product.shape.columns < kLeastColumnsPerToken)
      return;
    const auto depth = depth_below_zero(product.data, index_, source_);
    if (!depth) return;
    product.decision.outcome = Outcome::PerToken;
    product.depth = *depth;
  }

  static void set_shape(Product& product) {
    const auto& dims = product.weights->dims();
    product.shape = {static_cast<std::size_t>(dims[product.stored_transposed ? 1 : 0]),
                     static_cast<std::size_t>(dims[product.stored_transposed ? 0 : 1])};
  }

  bool is_finite(const onnx::TensorProto& tensor) const {
    const auto values = onnx::float32_values(tensor, source_.file);
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  }

  const Source& source_;
  const onnx::GraphIndex& index_;
  const Recipe& recipe_;
  std::int64_t opset_;
  std::vector<Product> products_;
};

}  // namespace

std::vector<Product> find_products(const Graph& graph, const Recipe& recipe) {
  return Finder(graph, recipe).run();
}

std::vector<float> weights_of(const Product& product, const Source& source) {
  auto values = onnx::float32_values(*product.weights, source.file);
  if (!product.stored_transposed) return values;
  return transposed(values, {product.shape.columns, product.shape.rows});
}

}  // namespace inferometer::quantize
