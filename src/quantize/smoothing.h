// SmoothQuant (Xiao et al. 2023, arXiv 2211.10438) between normalizations and the linear layers that they
// feed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "onnx/graph_index.h"
#include "quantize/graph_writer.h"
#include "quantize/products.h"

namespace inferometer::quantize {

/// Largest absolute value of each channel (last dimension), by the name of the activation.
using Maxima = std::map<std::string, std::vector<float>>;

/// A value that ends in "times a constant, plus a constant" for each channel: what those are divided by costs
/// nothing.
struct Norm {
  std::string output;
  const onnx::NodeProto* scale_node = nullptr;  ///< LayerNormalization, or the Mul
  int scale_input = 1;
  const onnx::NodeProto* shift_node = nullptr;  ///< null: there is no shift
  int shift_input = 2;
  std::vector<const Product*> products;  ///< linear layers that it feeds
};

/// Those that feed at least one linear layer, in the order of the layers.
std::vector<Norm> find_norms(const onnx::GraphIndex& index, const std::vector<Product>& products);

/// s = largest activation^alpha / largest weight^(1-alpha) for each channel: activations are divided by it,
/// rows of weights multiplied. `activations` has one number a row of the weights.
std::vector<float> smoothing_factors(const Norm& norm, const std::vector<float>& activations, double alpha,
                                     const Source& source);

/// What smoothing makes of a graph, before its products are rewritten.
struct Smoothed {
  struct Value {
    std::string name;  ///< in the place of the norm's output
    std::vector<float> factors;
  };
  std::map<const onnx::NodeProto*, Value> data_of;  ///< of linear layers
  /// Constants in the place of inputs of nodes.
  std::map<const onnx::NodeProto*, std::map<int, std::string>> inputs;
  /// What is left to write behind the node that makes a norm's output.
  struct Ending {
    std::string smoothed;  ///< the output's new name
    std::string restored;  ///< its old one, for other readers
    std::string factors;   ///< name of the constant
  };
  std::map<const onnx::NodeProto*, Ending> endings;
};

struct Smoothing {
  const std::vector<Norm>& norms;
  const Maxima& maxima;
  double alpha;
};
/// Adds the constants to `writer`. Throws base::UserError when maxima of a norm are missing.
Smoothed smooth(const Smoothing& smoothing, const Graph& graph, GraphWriter& writer);

}  // namespace inferometer::quantize
