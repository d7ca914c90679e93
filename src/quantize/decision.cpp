#include "quantize/decision.h"

#include <array>
#include <cstdlib>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::quantize {
namespace {

constexpr std::array kWords = {
    std::pair{Outcome::PerTensor, "per_tensor"},
    std::pair{Outcome::PerToken, "per_token"},
    std::pair{Outcome::Product, "product"},
    std::pair{Outcome::Table, "table"},
    std::pair{Outcome::FloatAttention, "float_attention"},
    std::pair{Outcome::FloatTable, "float_table"},
    std::pair{Outcome::FloatOperator, "float_operator"},
    std::pair{Outcome::FewWeights, "few_weights"},
    std::pair{Outcome::OtherRank, "other_rank"},
    std::pair{Outcome::OtherType, "other_type"},
    std::pair{Outcome::ConstantLeft, "constant_left"},
    std::pair{Outcome::ScaledGemm, "scaled_gemm"},
    std::pair{Outcome::NotFinite, "not_finite"},
};

}  // namespace

const char* to_text(Outcome outcome) {
  for (const auto& [known, word] : kWords) {
    if (known == outcome) return word;
  }
  INFEROMETER_CHECK(false, "outcome of quantization");
  std::abort();
}

bool is_quantized(Outcome outcome) { return outcome <= Outcome::Table; }

base::Json to_json(const std::vector<Decision>& decisions) {
  base::Json list = base::Json::array();
  for (const auto& one : decisions) {
    list.push_back({{"node", one.node},
                    {"op", one.op},
                    {"outcome", to_text(one.outcome)},
                    {"weights", one.weights},
                    {"smoothed", one.smoothed}});
  }
  return list;
}

std::string summary_of(const std::vector<Decision>& decisions) {
  std::map<std::string, std::pair<int, int>> counts;  // of an operator: quantized, all
  for (const auto& one : decisions) {
    auto& [quantized, all] = counts[one.op];
    quantized += is_quantized(one.outcome) ? 1 : 0;
    ++all;
  }
  std::vector<std::string> parts;
  for (const auto& [op, count] : counts)
    parts.push_back(std::to_string(count.first) + " of " + std::to_string(count.second) + " " + op);
  return base::join(parts, ", ") + (decisions.size() == 1 ? " is int8" : " are int8");
}

}  // namespace inferometer::quantize
