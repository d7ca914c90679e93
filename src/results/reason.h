// Why something is as it is, as data: programs read the code and the numbers, src/report words them.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace inferometer::results {

/// What `subject`, `value` and `limit` of a Reason are is said beside each code; what is not named there is
/// blank. Stored by the words of reason.cpp: never change the word of an existing code.
enum class ReasonCode {
  Text,  ///< subject: a sentence that somebody else wrote (an engine, an older record)
  // How a candidate ended; the reason that follows says why. subject: the phase, may be empty.
  Failed,
  TimedOut,
  Crashed,
  Unsupported,
  WrongOutput,
  Untrusted,
  Interrupted,
  // Why a group stopped, or could not be measured.
  Decided,
  Budget,
  Counts,
  NoCandidateLeft,
  SamplesFull,       ///< a load set holds no more of them
  NotMeasurable,     ///< the reason that follows says why
  NeighboursBusy,    ///< subject: threads that were asked for; value: CPUs that others use; limit: all CPUs
  NoDelayCounter,    ///< this kernel does not count run-queue delay, which several threads need
  DelayUnexplained,  ///< value: run-queue delay as a share of wall; limit: the gate; nobody used the CPUs
  // Why a round is not used.
  RunQueueDelay,  ///< value: the largest, as a share of wall; limit: the gate
  OtherNotIdle,   ///< another worker was not idle
  // Outputs.
  OutputError,    ///< subject: the output; value: its largest relative error; limit: allowed
  OutputProblem,  ///< subject: "NaN in logits at [0, 7]"; value: the input set
  Cosine,         ///< value: smallest over outputs
  Disagreement,   ///< value: share of the items with another class than the reference; limit: of so many
  NoReference,    ///< unverified; subject: why there is none, may be empty
  NotChecked,     ///< the record holds no check of the outputs
  // Why a comparison has no verdict or no rank.
  BaselineNotRanked,  ///< subject: its label; the reason that follows says why
  DiffersFromItself,  ///< value: latency ratio of the baseline to itself; limit: over so many rounds
  ProcessesDiffer,    ///< value: latency ratio of two processes of the baseline; limit: over so many loads
  ThreadsWaited,      ///< subject: label; value: share of time that it waited for CPUs; limit: the gate
  WaitedUnequally,    ///< subject: label; value: share of time that it waited; limit: that of the baseline
  NoComparisonHolds,  ///< none with this baseline is valid; the reason that follows is of the first
  Invalid,            ///< the reason that follows says why
  NotMeasured,
  // What lowers trust. limit: where grade A ends, unless said otherwise.
  WaitedForCpu,     ///< subject: label; value: share of time; of several threads their sum
  DelayNotCounted,  ///< subject: label; this kernel does not say how long a thread waits for a CPU
  Steal,            ///< value: share of time that the hypervisor took away
  OtherProcesses,   ///< value: CPUs that they used
  DisturbedRounds,  ///< value: how many were left out; limit: of so many
  PageFaults,       ///< value: major ones while measuring
  NotSteady,        ///< value: loads whose warm-up reached its cap; limit: of so many
  NotComparedWithItself,
  NoiseNotBounded,       ///< value: rounds of the baseline against itself, too few to bound its noise
  NoiseWide,             ///< value: half width of the interval of the baseline against itself; limit: margin
  SecondProcessDiffers,  ///< value: load sets in which it does; limit: of so many
  NoUndisturbedRound,
  // Why a number is blank.
  FewSamples,       ///< value: how many there are; limit: how many are needed
  SamplesSpanRuns,  ///< value: runs that each sample spans
  // Why a recommendation makes no claim.
  NobodyEligible,      ///< no candidate may be recommended
  NobodyElseEligible,  ///< no other candidate may be recommended
  NotKnownOfAny,       ///< subject: the measure
  BatchesNotCompared,  ///< batch sizes are measured one after the other
  NoCommonInterval,
  NoCpuTimeInterval,
  WithinMargin,  ///< equivalent; limit: the margin
  PointsOtherWay,
  HoldsOne,        ///< the interval holds 1
  FewRounds,       ///< too few for an interval
  PeakMemoryOnly,  ///< alike in size; peak memory is one largest value without an interval
};

struct Reason {
  ReasonCode code = ReasonCode::Text;
  std::string subject;                                      ///< whom or what it is about
  double value = std::numeric_limits<double>::quiet_NaN();  ///< what was found
  double limit = std::numeric_limits<double>::quiet_NaN();  ///< what is allowed

  Reason() = default;
  Reason(ReasonCode what, std::string about = {}, double found = kBlank, double allowed = kBlank)
      : code(what), subject(std::move(about)), value(found), limit(allowed) {}
  /// A sentence that somebody else wrote.
  Reason(std::string sentence) : subject(std::move(sentence)) {}
  Reason(const char* sentence) : subject(sentence) {}

  /// There is no reason.
  bool empty() const { return code == ReasonCode::Text && subject.empty(); }
  /// Blank numbers are equal.
  friend bool operator==(const Reason& a, const Reason& b);

 private:
  static constexpr double kBlank = std::numeric_limits<double>::quiet_NaN();
};

/// One sentence or several: after a code of which it says so above, the next reason belongs to it.
using Reasons = std::vector<Reason>;
/// The next reason belongs to it.
bool leads(ReasonCode code);

/// "output error": the word by which a code is stored.
const char* to_text(ReasonCode code);
/// The opposite; Text for a word that is not known.
ReasonCode parse_reason_code(const std::string& word);

}  // namespace inferometer::results
