#include "measure/truth.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "tensors/compare.h"
#include "tensors/safetensors.h"

namespace inferometer::measure {
namespace {

constexpr int kCheckedSets = 2;  // two: an output that ignores its input differs from the reference on one

}  // namespace

results::TruthCheck check_outputs(const Context& context, const results::CandidateSpec& spec,
                                  const TruthOutputs& reference, const TruthOutputs& candidate) {
  const bool has_reference = reference.failure.empty();
  auto check = context.judge(spec, has_reference ? &reference.sets : nullptr, candidate.sets);
  if (!has_reference && check.reason.empty()) check.reason = reference.failure;
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
