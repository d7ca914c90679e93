// What belongs together, found once: every printer walks these instead of searching the record.
#pragma once

#include <string>
#include <vector>

#include "report/core/input.h"

namespace inferometer::report {

/// Pointers into Input, which must outlive them.
struct CandidateView {
  const results::CandidateSpec* spec = nullptr;
  const results::Artefact* artefact = nullptr;       ///< null: the plan names none
  const analysis::Summary* summary = nullptr;        ///< null: no round of it was measured
  const analysis::Comparison* comparison = nullptr;  ///< null: it is the baseline
  const results::TruthCheck* truth = nullptr;        ///< null: not checked
  const results::Outcome* outcome = nullptr;         ///< null: it has not ended
  std::vector<const results::Load*> loads;           ///< as a candidate, not as an A/A copy

  bool failed() const { return outcome != nullptr && !outcome->ok(); }
  bool is_baseline() const { return comparison == nullptr; }
  /// The last load that got as far as to say what it really does; null: none did.
  const results::Load* loaded() const;
  int unsteady_loads() const;
};

struct GroupView {
  const results::Group* group = nullptr;
  const analysis::GroupAnalysis* analysis = nullptr;
  const results::GroupStop* stop = nullptr;       ///< null: the group was not finished
  const results::HarnessCost* harness = nullptr;  ///< null: not measured
  std::vector<const results::LoadSet*> load_sets;
  std::vector<CandidateView> candidates;
  double margin = 0;  ///< of the effort

  const CandidateView& baseline() const;
  const std::string& label(const std::string& candidate) const;
  bool synthetic_weights() const;
  /// At least one candidate generated text: there are times of tokens.
  bool has_token_times() const;
};

/// One for each group that analysis has.
std::vector<GroupView> views(const Input& input);

}  // namespace inferometer::report
