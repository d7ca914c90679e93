#include "measure/truth.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "tensors/files.h"

namespace inferometer::measure {
namespace {

constexpr int kCheckedSets = 2;  // two: an output that ignores its input differs from the reference on one

}  // namespace

double tolerance(const std::string& precision, const std::string& variant) {
  // Quantized graphs round to the same integers in most places; kernels may differ by a step here and there.
  if (variant.find("int8") != std::string::npos) return 0.1;
  if (precision == "bfloat16") return 0.05;  // 8 bits of mantissa through a dozen layers
  if (precision == "float16" || variant.find("float16") != std::string::npos) return 0.01;
  return 1e-3;
}

results::TruthCheck judge(const results::CandidateSpec& spec, const TruthOutputs& reference,
                          const TruthOutputs& candidate) {
  results::TruthCheck check;
  check.candidate = spec.id;
  check.tolerance = tolerance(spec.configuration.precision, spec.configuration.variant);
  check.verified = reference.failure.empty();
  if (!check.verified) check.reason = "unverified: " + reference.failure;
  for (std::size_t set = 0; set < candidate.sets.size(); ++set) {
    // Without a reference the outputs are held against themselves: that still finds NaN and infinity.
    const auto& expected = check.verified ? reference.sets.at(set) : candidate.sets[set];
    const auto difference = tensors::compare(expected, candidate.sets[set]);
    if (!difference.problem.empty()) {
      check.reason = fmt::format("{} (input set {})", difference.problem, set);
      return check;
    }
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
  check.passed = check.max_rel_error <= check.tolerance;
  return check;
}

TruthOutputs run_for_truth(const Context& context, const std::string& launch_id, const std::vector<int>& cpus,
                           const std::string& folder) {
  results::Load load;
  const auto live = context.launcher.launch(launch_id, cpus, load);
  TruthOutputs outputs;
  for (int set = 0; set < std::min(kCheckedSets, live->input_sets()); ++set) {
    const auto file = fmt::format("{}/{}-{}.safetensors", folder, launch_id, set);
    live->outputs(set, file);
    try {
      outputs.sets.push_back(tensors::read_safetensors(file));
    } catch (const base::UserError& error) {
      throw results::CandidateFailure({results::OutcomeKind::Untrusted, "outputs", error.what(), "", ""});
    }
  }
  live->close();
  return outputs;
}

}  // namespace inferometer::measure
