#include "results/reason.h"

#include <cmath>
#include <utility>

namespace inferometer::results {
namespace {

constexpr std::pair<ReasonCode, const char*> kWords[] = {
    {ReasonCode::Text, "text"},
    {ReasonCode::Failed, "failed"},
    {ReasonCode::TimedOut, "timed out"},
    {ReasonCode::Crashed, "crashed"},
    {ReasonCode::Unsupported, "unsupported"},
    {ReasonCode::WrongOutput, "wrong output"},
    {ReasonCode::Untrusted, "untrusted"},
    {ReasonCode::Interrupted, "interrupted"},
    {ReasonCode::Decided, "decided"},
    {ReasonCode::Budget, "budget"},
    {ReasonCode::Counts, "counts"},
    {ReasonCode::NoCandidateLeft, "no candidate left"},
    {ReasonCode::SamplesFull, "samples full"},
    {ReasonCode::NotMeasurable, "not measurable"},
    {ReasonCode::NeighboursBusy, "neighbours busy"},
    {ReasonCode::NoDelayCounter, "no delay counter"},
    {ReasonCode::DelayUnexplained, "delay unexplained"},
    {ReasonCode::RunQueueDelay, "run queue delay"},
    {ReasonCode::OtherNotIdle, "other not idle"},
    {ReasonCode::OutputError, "output error"},
    {ReasonCode::OutputProblem, "output problem"},
    {ReasonCode::Cosine, "cosine"},
    {ReasonCode::Disagreement, "disagreement"},
    {ReasonCode::NoReference, "no reference"},
    {ReasonCode::NotChecked, "not checked"},
    {ReasonCode::BaselineNotRanked, "baseline not ranked"},
    {ReasonCode::DiffersFromItself, "differs from itself"},
    {ReasonCode::ProcessesDiffer, "processes differ"},
    {ReasonCode::ThreadsWaited, "threads waited"},
    {ReasonCode::WaitedUnequally, "waited unequally"},
    {ReasonCode::NoComparisonHolds, "no comparison holds"},
    {ReasonCode::Invalid, "invalid"},
    {ReasonCode::NotMeasured, "not measured"},
    {ReasonCode::WaitedForCpu, "waited for cpu"},
    {ReasonCode::DelayNotCounted, "delay not counted"},
    {ReasonCode::Steal, "steal"},
    {ReasonCode::OtherProcesses, "other processes"},
    {ReasonCode::DisturbedRounds, "disturbed rounds"},
    {ReasonCode::PageFaults, "page faults"},
    {ReasonCode::NotSteady, "not steady"},
    {ReasonCode::NotComparedWithItself, "not compared with itself"},
    {ReasonCode::NoiseNotBounded, "noise not bounded"},
    {ReasonCode::NoiseWide, "noise wide"},
    {ReasonCode::SecondProcessDiffers, "second process differs"},
    {ReasonCode::NoUndisturbedRound, "no undisturbed round"},
    {ReasonCode::FewSamples, "few samples"},
    {ReasonCode::SamplesSpanRuns, "samples span runs"},
    {ReasonCode::NobodyEligible, "nobody eligible"},
    {ReasonCode::NobodyElseEligible, "nobody else eligible"},
    {ReasonCode::NotKnownOfAny, "not known of any"},
    {ReasonCode::BatchesNotCompared, "batches not compared"},
    {ReasonCode::NoCommonInterval, "no common interval"},
    {ReasonCode::NoCpuTimeInterval, "no cpu time interval"},
    {ReasonCode::WithinMargin, "within margin"},
    {ReasonCode::PointsOtherWay, "points other way"},
    {ReasonCode::HoldsOne, "holds one"},
    {ReasonCode::FewRounds, "few rounds"},
    {ReasonCode::PeakMemoryOnly, "peak memory only"},
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

bool operator==(const Reason& a, const Reason& b) {
  return a.code == b.code && a.subject == b.subject && same(a.value, b.value) && same(a.limit, b.limit);
}

bool leads(ReasonCode code) {
  switch (code) {
    case ReasonCode::Failed:
    case ReasonCode::TimedOut:
    case ReasonCode::Crashed:
    case ReasonCode::Unsupported:
    case ReasonCode::WrongOutput:
    case ReasonCode::Untrusted:
    case ReasonCode::Interrupted:
    case ReasonCode::NotMeasurable:
    case ReasonCode::BaselineNotRanked:
    case ReasonCode::NoComparisonHolds:
    case ReasonCode::Invalid:
      return true;
    default:
      return false;
  }
}

const char* to_text(ReasonCode code) {
  for (const auto& [known, word] : kWords) {
    if (known == code) return word;
  }
  return "text";
}

ReasonCode parse_reason_code(const std::string& word) {
  for (const auto& [code, known] : kWords) {
    if (word == known) return code;
  }
  return ReasonCode::Text;
}

}  // namespace inferometer::results
