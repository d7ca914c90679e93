// Who may be chosen, and what is known of each; not for other modules.
#pragma once

#include <string>
#include <vector>

#include "select/select.h"

namespace inferometer::select {

/// A candidate that may be recommended. Pointers into the experiment and its analysis.
struct Entrant {
  const results::Group* group = nullptr;
  const analysis::GroupAnalysis* analysis = nullptr;
  const results::CandidateSpec* spec = nullptr;
  const analysis::Summary* summary = nullptr;   ///< of at least one round
  const results::TruthCheck* truth = nullptr;   ///< null: none in the record
  const results::Artefact* artefact = nullptr;  ///< null: the plan names none

  bool is_baseline() const { return spec->id == group->baseline; }
};

/// All candidates of a model, over its batch sizes.
struct Pool {
  double margin = 0;                          ///< of the effort
  std::vector<const results::Group*> groups;  ///< by batch size
  std::vector<Entrant> entrants;              ///< in the order of groups and their candidates
  std::vector<Exclusion> excluded;

  /// The entrants of the smallest batch size that has any.
  std::vector<Entrant> smallest_batch() const;
};

/// Fills in entrants and excluded of a pool whose groups are known.
void enter(const results::Experiment& experiment, const analysis::Analysis& analysis, Pool& pool);

}  // namespace inferometer::select
