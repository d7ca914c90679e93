// How a float32 graph becomes an int8 one.
#pragma once

#include <cstdint>

namespace inferometer::quantize {

enum class Scales { PerTensor, PerChannel };
enum class Tables { Float, Unsigned, SignedPerRow };

/// Weights are symmetric int8, activations uint8 with a scale found at run time: never int8 with int8, which
/// ONNX Runtime computes 9.7 times slower on x86.
struct Recipe {
  Scales weights = Scales::PerChannel;
  /// Products of two activations too (QK^T and softmax times V).
  bool activation_products = false;
  bool gemm = true;
  Tables tables = Tables::Float;
  /// Inputs with a known lower bound (after GELU or ReLU) get a scale a row, with zero point 0: one large
  /// token does not take the bits of the others.
  bool per_token_where_bounded = true;
  /// alpha of SmoothQuant (Xiao et al. 2023, arXiv 2211.10438) between normalizations and the linear layers
  /// that they feed; 0: off. Wants the largest values of each channel of the normalizations.
  double smoothing = 0.5;
  /// Linear layers with fewer weights stay float: classifiers, where nothing is gained.
  std::int64_t least_weights = 16'384;
};

/// The one to use. Its parts in the order of what they repair on real encoders: weights per channel,
/// smoothing, inputs of the second layer of the feed-forward block per token, float tables and attention.
constexpr Recipe kRobust = {};

/// What Optimum's avx512_vnni configuration makes: all MatMuls per tensor, tables as uint8 per tensor. To be
/// compared with; it loses 4 % of cosine where kRobust loses 0.1 %.
constexpr Recipe kEverythingPerTensor = {.weights = Scales::PerTensor,
                                         .activation_products = true,
                                         .gemm = false,
                                         .tables = Tables::Unsigned,
                                         .per_token_where_bounded = false,
                                         .smoothing = 0,
                                         .least_weights = 0};

}  // namespace inferometer::quantize
