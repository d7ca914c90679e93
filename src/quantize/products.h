// The products and tables of a graph: which a recipe quantizes, and what is known of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "onnx/graph_index.h"
#include "quantize/decision.h"
#include "quantize/graph_writer.h"
#include "quantize/integers.h"
#include "quantize/recipe.h"

namespace inferometer::quantize {

/// A model and its values by name.
struct Graph {
  const Source& source;
  const onnx::GraphIndex& index;
};

/// data [.., rows] times weights [rows, columns], plus a bias; or rows of a table, chosen by `data`.
struct Product {
  const onnx::NodeProto* node = nullptr;
  Decision decision;
  std::string data;                            ///< name of the input that is computed
  const onnx::TensorProto* weights = nullptr;  ///< null for a product of two activations
  bool stored_transposed = false;              ///< the tensor is [columns, rows]
  std::string bias;                            ///< of Gemm; empty: none
  MatrixShape shape;                           ///< of the weights
  float depth = 0;                             ///< of PerToken: `data` is nowhere below -depth

  bool is_linear() const {
    return decision.outcome == Outcome::PerTensor || decision.outcome == Outcome::PerToken;
  }
};

/// Every MatMul, Gemm, Conv, recurrent layer and lookup of a constant table in the outermost graph, in its
/// order.
std::vector<Product> find_products(const Graph& graph, const Recipe& recipe);

/// [rows, columns], whichever way they are stored.
std::vector<float> weights_of(const Product& product, const Source& source);

}  // namespace inferometer::quantize
