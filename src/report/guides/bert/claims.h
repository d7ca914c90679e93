// What the guide that the set `bert` comes from claims of each configuration, beside what was measured.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "results/experiment.h"

namespace inferometer::report::bert {

struct Claim {
  const char* label;     ///< of the candidate
  const char* size;      ///< share of the baseline's size, as it is claimed: "~25 %"
  const char* speed_up;  ///< over the baseline, as it is claimed: "1.5-2.0x"
  double speed_up_low;
  double speed_up_high;
  const char* accuracy_loss;
};
/// In the order of the guide; the first is the baseline. No number in it was measured here.
const std::vector<Claim>& claims();

enum class Finding {
  Holds,         ///< the whole measured interval lies within what is claimed
  Contradicted,  ///< none of it does
  CannotTell,
  NotRanked,  ///< measured, but of no worth: wrong output, or invalid
  NotMeasured,
};
/// "holds here", "does not hold here", "cannot tell", "not ranked", "not measured".
const char* to_text(Finding finding);

struct CheckedClaim {
  const Claim* claim = nullptr;
  std::string candidate;                ///< id; empty: the group has none of that label
  double size_share = analysis::kNone;  ///< its artefact over that of the claims' baseline; blank: not known
  analysis::Ratio latency;              ///< over that of the claims' baseline; blank for the baseline itself
  bool these_loads_only = false;
  Finding finding = Finding::NotMeasured;  ///< of the speed-up
};

/// The claims about one group, in their order. Their baseline is the first claim's configuration, whatever
/// the group is compared with.
std::vector<CheckedClaim> check_claims(const results::Experiment& experiment, const results::Group& group,
                                       const analysis::GroupAnalysis& analysis);

}  // namespace inferometer::report::bert
