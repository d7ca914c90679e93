// Products and tables of a graph in integers, node by node.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "quantize/graph_writer.h"
#include "quantize/products.h"
#include "quantize/recipe.h"

namespace inferometer::quantize {

/// Writes the nodes that compute one product or table in integers in the place of its node. Quantized
/// activations are shared by the products that read them.
class Rewriter {
 public:
  Rewriter(const Source& source, const Recipe& recipe, GraphWriter& writer)
      : source_(source), recipe_(recipe), writer_(writer) {}

  /// `data` is read in the place of the product's own; `factors`, where there are any, multiply the rows of
  /// its weights.
  struct Input {
    std::string data;
    const std::vector<float>* factors = nullptr;
  };
  void rewrite(const Product& product, const Input& input);

 private:
  /// An activation as uint8.
  struct Quantized {
    std::string values;
    std::string scale;  ///< of a number, or [rows, 1]
    std::string zero_point;
  };
  struct Weights {
    std::string values;
    std::string scales;
    std::string zero_points;
    std::vector<float> sums;  ///< of its columns, as real numbers
  };
  Quantized per_tensor(const std::string& data);
  Quantized per_token(const std::string& data, std::size_t channels, float depth);
  Weights weights_for(const Product& product, const Input& input);
  std::string largest_of_rows(const std::string& data);
  void rewrite_per_tensor(const Product& product, const Input& input, const std::string& output);
  void rewrite_per_token(const Product& product, const Input& input, const std::string& output);
  void rewrite_product(const Product& product);
  void rewrite_table(const Product& product);

  const Source& source_;
  const Recipe& recipe_;
  GraphWriter& writer_;
  std::map<std::string, Quantized> quantized_;  ///< by name of the activation and how
  /// Tensors that several products share, where nothing is multiplied into them.
  std::map<std::pair<const onnx::TensorProto*, bool>, Weights> weights_;
};

}  // namespace inferometer::quantize
