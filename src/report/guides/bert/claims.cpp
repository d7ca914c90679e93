#include "report/guides/bert/claims.h"

#include <algorithm>
#include <cmath>

namespace inferometer::report::bert {
namespace {

std::int64_t size_bytes(const results::Plan& plan, const results::CandidateSpec& spec) {
  const auto found = std::find_if(plan.artefacts.begin(), plan.artefacts.end(),
                                  [&](const auto& one) { return one.key == spec.artefact; });
  return found == plan.artefacts.end() ? 0 : found->size_bytes;
}

const results::CandidateSpec* labelled(const results::Group& group, const std::string& label) {
  const auto found = std::find_if(group.candidates.begin(), group.candidates.end(),
                                  [&](const auto& spec) { return spec.label == label; });
  return found == group.candidates.end() ? nullptr : &*found;
}

bool counts(const results::Experiment& experiment, const analysis::GroupAnalysis& analysis,
            const std::string& candidate) {
  return analysis::why_unranked(experiment, candidate).empty() &&
         std::none_of(analysis.comparisons.begin(), analysis.comparisons.end(), [&](const auto& one) {
           return one.candidate == candidate && one.verdict == results::VerdictKind::Invalid;
         });
}

Finding judge(const Claim& claim, const analysis::Ratio& latency) {
  if (latency.units == 0) return Finding::NotMeasured;
  // An end that is not bounded yet is 0 or infinite, and compares as it should.
  const double low = 1 / latency.high;
  const double high = 1 / latency.low;
  if (low >= claim.speed_up_low && high <= claim.speed_up_high) return Finding::Holds;
  return high < claim.speed_up_low || low > claim.speed_up_high ? Finding::Contradicted : Finding::CannotTell;
}

}  // namespace

const std::vector<Claim>& claims() {
  static const std::vector<Claim> claims = {
      {"tensorflow_baseline", "100 %", "1.0x", 1, 1, "0 %"},
      {"tflite_float16", "~50 %", "1.3-1.5x", 1.3, 1.5, "<0.1 %"},
      {"tflite_dynamic_range", "~40 %", "1.4-1.6x", 1.4, 1.6, "<0.5 %"},
      {"tflite_int8", "~25 %", "1.5-2.0x", 1.5, 2.0, "0.5-2 %"},
      {"onnx_optimized", "~100 %", "1.2-1.4x", 1.2, 1.4, "0 %"},
  };
  return claims;
}

const char* to_text(Finding finding) {
  switch (finding) {
    case Finding::Holds:
      return "holds here";
    case Finding::Contradicted:
      return "does not hold here";
    case Finding::CannotTell:
      return "cannot tell";
    case Finding::NotRanked:
      return "not ranked";
    case Finding::NotMeasured:
      return "not measured";
  }
  return "";
}

std::vector<CheckedClaim> check_claims(const results::Experiment& experiment, const results::Group& group,
                                       const analysis::GroupAnalysis& analysis) {
  const auto* baseline = labelled(group, claims().front().label);
  std::vector<CheckedClaim> checked;
  for (const auto& claim : claims()) {
    CheckedClaim& one = checked.emplace_back();
    one.claim = &claim;
    const auto* spec = labelled(group, claim.label);
    if (spec == nullptr) continue;
    one.candidate = spec->id;
    if (baseline == nullptr) continue;
    const auto own = size_bytes(experiment.plan, *spec);
    const auto others = size_bytes(experiment.plan, *baseline);
    if (own > 0 && others > 0) one.size_share = static_cast<double>(own) / static_cast<double>(others);
    if (spec == baseline) continue;
    const auto pair =
        analysis::compare_rivals(analysis, spec->id, baseline->id, experiment.plan.effort.margin);
    one.latency = pair.latency;
    one.these_loads_only = pair.these_loads_only;
    const bool ranked = counts(experiment, analysis, spec->id) && counts(experiment, analysis, baseline->id);
    one.finding = ranked || pair.latency.units == 0 ? judge(claim, pair.latency) : Finding::NotRanked;
  }
  return checked;
}

}  // namespace inferometer::report::bert
