// One plan is run: truth, harness cost, then each group's load sets until it is decided.
#pragma once

#include <map>
#include <set>
#include <string>

#include "measure/context.h"
#include "measure/truth.h"

namespace inferometer::measure {

class LoadSetRun;

/// Where the launcher finds what is not a candidate.
struct ExperimentRequest {
  std::map<std::string, std::string>
      reference_of;  ///< candidate id -> launch id of its reference; absent: none
  std::map<std::string, std::string>
      reference_text;  ///< launch id -> "onnxruntime 1.32.0, no optimization, 1 thread"
  std::map<std::string, std::string> why_unverified;  ///< candidate id -> reason, where there is no reference
  std::string null_launch;                            ///< launch id of the null engine
  std::string scratch_folder;
};

/// Goes on from what `experiment` already holds (resume) and adds to it; every finished item is kept in the
/// journal first. Lets process interruptions pass after the running load set was kept as interrupted.
class ExperimentRun {
 public:
  ExperimentRun(const Context& context, const ExperimentRequest& request, results::Experiment& experiment);
  void run();

 private:
  void check_truth(const results::Group& group);
  void check_candidate(const results::CandidateSpec& candidate);
  const TruthOutputs& reference_of(const std::string& candidate);
  void measure_harness(const results::Group& group);
  void sample_null_engine(const results::Group& group);
  void measure_group(const results::Group& group);
  /// False when the group is finished; `reason` says why.
  bool measure_load_set(const results::Group& group, results::Reason& reason);
  void round_until_done(const results::Group& group, LoadSetRun& set_run);
  void keep_load_set();
  void stop_group(const results::Group& group, results::GroupStop stop);
  void end_candidate(const std::string& candidate, const results::Outcome& outcome);
  void complete_outcomes();
  void end_failed_candidates(const results::LoadSet& set);
  void end_remaining_candidates(const results::Group& group, const results::GroupStop& stop);
  bool has_ended(const std::string& candidate) const;
  bool has_failed(const std::string& candidate) const;
  std::int64_t measured_ns(const results::Group& group) const;
  bool is_about_these_loads() const;
  void tell(const results::Group& group, const std::string& doing, double seconds_left) const;

  const Context& context_;
  const ExperimentRequest& request_;
  results::Experiment& experiment_;
  std::map<std::string, TruthOutputs> references_;  ///< by launch id, of the running group
};

}  // namespace inferometer::measure
