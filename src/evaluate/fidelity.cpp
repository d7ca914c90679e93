#include "evaluate/fidelity.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensors/compare.h"

namespace inferometer::evaluate {
namespace {

/// How many rows of class scores were looked at, and how many give another class.
struct Classified {
  std::int64_t items = 0;
  std::int64_t differ = 0;
};

const tensors::Tensor* named(const std::vector<tensors::Tensor>& outputs, const std::string& name) {
  const auto found =
      std::find_if(outputs.begin(), outputs.end(), [&](const auto& one) { return one.name() == name; });
  return found == outputs.end() ? nullptr : &*found;
}

/// `outputs` have the tensors of `reference`, in the same shapes; rows of `scores` are classes.
void count_classes(const std::vector<tensors::Tensor>& reference, const std::vector<tensors::Tensor>& outputs,
                   const std::string& scores, Classified& classified) {
  const auto* expected = named(reference, scores);
  if (expected == nullptr || expected->shape().size() < 2 || expected->shape().back() < 2) return;
  const auto* found = named(outputs, scores);
  const auto classes = static_cast<std::size_t>(expected->shape().back());
  std::vector<double> row(classes);
  const auto class_of = [&](const tensors::Tensor& tensor, std::size_t begin) {
    tensor.widen(begin, row);
    return std::max_element(row.begin(), row.end()) - row.begin();
  };
  const auto count = static_cast<std::size_t>(expected->elements());
  for (std::size_t begin = 0; begin < count; begin += classes) {
    ++classified.items;
    if (class_of(*expected, begin) != class_of(*found, begin)) ++classified.differ;
  }
}

}  // namespace

double tolerance(const std::string& precision, const std::string& variant) {
  // Quantized graphs round to the same integers in most places; kernels may differ by a step here and there.
  if (variant.find("int8") != std::string::npos) return 0.1;
  if (precision == "bfloat16") return 0.05;  // 8 bits of mantissa through a dozen layers
  if (precision == "float16" || variant.find("float16") != std::string::npos) return 0.01;
  return 1e-3;
}

results::TruthCheck judge_fidelity(const results::CandidateSpec& spec, const SetOutputs* reference,
                                   const SetOutputs& candidate, const std::string& scores) {
  results::TruthCheck check;
  check.candidate = spec.id;
  check.tolerance = tolerance(spec.configuration.precision, spec.configuration.variant);
  check.verified = reference != nullptr;
  Classified classified;
  for (std::size_t set = 0; set < candidate.size(); ++set) {
    // Without a reference the outputs are held against themselves: that still finds NaN and infinity.
    const auto& expected = check.verified ? reference->at(set) : candidate[set];
    const auto difference = tensors::compare(expected, candidate[set]);
    if (!difference.problem.empty()) {
      check.reason = fmt::format("{} (input set {})", difference.problem, set);
      return check;
    }
    if (check.verified) count_classes(expected, candidate[set], scores, classified);
    check.max_abs_error = std::max(check.max_abs_error, difference.max_abs_error);
    check.cosine = std::min(check.cosine, difference.cosine);
    if (difference.max_rel_error > check.max_rel_error) {
      check.max_rel_error = difference.max_rel_error;
      if (difference.max_rel_error > check.tolerance) {
        check.reason = fmt::format("{}: error {:.2g} of the largest value, allowed {:.2g}", difference.worst,
                                   difference.max_rel_error, check.tolerance);
      }
    }
  }
  check.classified_items = classified.items;
  if (classified.items > 0) {
    check.disagreement = static_cast<double>(classified.differ) / static_cast<double>(classified.items);
  }
  check.passed = check.max_rel_error <= check.tolerance;
  return check;
}

}  // namespace inferometer::evaluate
