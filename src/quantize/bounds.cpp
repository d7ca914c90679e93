#include "quantize/bounds.h"

#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "onnx/stored_elements.h"
#include "onnx/types.h"

namespace inferometer::quantize {
namespace {

/// Minimum of GELU: -0.16997 at x = -0.75179, of its tanh form -0.17004. What lies below is rounded to 0.
constexpr float kGeluDepth = 0.17f;
constexpr float kTolerance = 1e-3f;
constexpr int kDeepest = 8;  // nodes between a GELU and its input

constexpr std::array<std::string_view, 3> kNeverNegative = {"Relu", "Sigmoid", "Softmax"};
constexpr std::array<std::string_view, 3> kGelus = {"Gelu", "FastGelu", "BiasGelu"};

class Reader {
 public:
  Reader(const onnx::GraphIndex& index, const Source& source) : index_(index), source_(source) {}

  /// 0.5 * x * (1 + f(x)) in any order of its products.
  bool is_gelu(const std::string& name) const {
    std::vector<std::string> factors;
    collect_factors(name, factors, 0);
    float number = 1;
    std::string gate;
    std::string x;
    for (const auto& factor : factors) {
      if (const auto constant = number_of(factor)) {
        number *= *constant;
      } else if (gate.empty() && !gate_input(factor).empty()) {
        gate = gate_input(factor);
      } else if (x.empty()) {
        x = factor;
      } else {
        return false;
      }
    }
    return !gate.empty() && !x.empty() && near(number, 0.5f) && leads_to(gate, x, 0);
  }

 private:
  static bool near(float value, float wanted) { return std::abs(value - wanted) < kTolerance * wanted; }

  std::optional<float> number_of(const std::string& name) const {
    const auto* tensor = index_.constant(name);
    if (tensor == nullptr || tensor->data_type() != onnx::kFloat32) return std::nullopt;
    for (const auto size : tensor->dims())
      if (size != 1) return std::nullopt;
    return onnx::float32_values(*tensor, source_.file).front();
  }

  void collect_factors(const std::string& name, std::vector<std::string>& factors, int depth) const {
    const auto* node = index_.producer(name);
    if (depth < 3 && node != nullptr && node->op_type() == "Mul") {
      for (const auto& input : node->input()) collect_factors(input, factors, depth + 1);
    } else {
      factors.push_back(name);
    }
  }

  /// Of 1 + Erf(u) or 1 + Tanh(u): its u, where u holds the numbers of a GELU. Else empty.
  std::string gate_input(const std::string& name) const {
    const auto* sum = index_.producer(name);
    if (sum == nullptr || sum->op_type() != "Add" || sum->input_size() != 2) return {};
    for (int i = 0; i < 2; ++i) {
      const auto one = number_of(sum->input(i));
      const auto* gate = index_.producer(sum->input(1 - i));
      if (!one || !near(*one, 1) || gate == nullptr || gate->input_size() != 1) continue;
      const auto& u = gate->input(0);
      if (gate->op_type() == "Erf" && (holds(u, std::sqrt(2.0f), 0) || holds(u, std::sqrt(0.5f), 0)))
        return u;
      if (gate->op_type() == "Tanh" && holds(u, 0.044715f, 0)) return u;
    }
    return {};
  }

  bool holds(const std::string& name, float wanted, int depth) const {
    if (const auto number = number_of(name)) return near(*number, wanted);
    const auto* node = index_.producer(name);
    if (node == nullptr || depth == kDeepest || !is_arithmetic(*node)) return false;
    for (const auto& input : node->input())
      if (holds(input, wanted, depth + 1)) return true;
    return false;
  }

  bool leads_to(const std::string& name, const std::string& x, int depth) const {
    if (name == x) return true;
    const auto* node = index_.producer(name);
    if (node == nullptr || depth == kDeepest || !is_arithmetic(*node)) return false;
    for (const auto& input : node->input())
      if (leads_to(input, x, depth + 1)) return true;
    return false;
  }

  static bool is_arithmetic(const onnx::NodeProto& node) {
    const std::string_view op = node.op_type();
    return op == "Mul" || op == "Add" || op == "Div" || op == "Pow";
  }

  const onnx::GraphIndex& index_;
  const Source& source_;
};

}  // namespace

std::optional<float> depth_below_zero(const std::string& name, const onnx::GraphIndex& index,
                                      const Source& source) {
  const auto* node = index.producer(name);
  if (node == nullptr) return std::nullopt;
  for (const auto op : kNeverNegative)
    if (node->op_type() == op) return 0.0f;
  for (const auto op : kGelus)
    if (node->op_type() == op) return kGeluDepth;
  if (Reader(index, source).is_gelu(name)) return kGeluDepth;
  return std::nullopt;
}

}  // namespace inferometer::quantize
