#include "report/core/reasons.h"

#include <fmt/format.h>

#include "base/text.h"

namespace inferometer::report {
namespace {

using results::Reason;
using results::ReasonCode;
using results::Reasons;

/// "crashed in load".
std::string ended(const Reason& reason) {
  const std::string kind = results::to_text(reason.code);
  return reason.subject.empty() ? kind : kind + " in " + reason.subject;
}

std::string counted(double count, const char* word) {
  return fmt::format("{:.0f} {}{}", count, word, count == 1 ? "" : "s");
}

/// Why a group stopped or could not be measured, or a round is not used.
std::string words_of_measuring(const Reason& reason) {
  switch (reason.code) {
    case ReasonCode::NoCandidateLeft:
      return "no candidate is left";
    case ReasonCode::SamplesFull:
      return "a load set holds no more samples";
    case ReasonCode::NotMeasurable:
      return "not measurable";
    case ReasonCode::NeighboursBusy:
      return fmt::format("other processes use {:.1f} of {:.0f} CPUs, {} threads were asked for", reason.value,
                         reason.limit, reason.subject);
    case ReasonCode::NoDelayCounter:
      return "this kernel does not count run-queue delay, so several threads cannot be measured; use "
             "--threads 1";
    case ReasonCode::DelayUnexplained:
      return fmt::format("run-queue delay {:.0f} % of wall (limit {:.0f} %), but no other process is busy",
                         100 * reason.value, 100 * reason.limit);
    case ReasonCode::RunQueueDelay:
      return fmt::format("run-queue delay {:.0f} % of wall (limit {:.0f} %)", 100 * reason.value,
                         100 * reason.limit);
    case ReasonCode::OtherNotIdle:
      return "another worker was not idle";
    default:
      return results::to_text(reason.code);
  }
}

std::string words_of_outputs(const Reason& reason) {
  switch (reason.code) {
    case ReasonCode::OutputError:
      return fmt::format("{}: max relative error {:.2g} (limit {:.2g})", reason.subject, reason.value,
                         reason.limit);
    case ReasonCode::OutputProblem:
      return fmt::format("{} (input set {:.0f})", reason.subject, reason.value);
    case ReasonCode::Cosine:
      return fmt::format("cosine {:.3g}", reason.value);
    case ReasonCode::Disagreement:
      return fmt::format("another class than the reference for {:.3g} % of {}", 100 * reason.value,
                         counted(reason.limit, "item"));
    case ReasonCode::NoReference:
      return "unverified: " + (reason.subject.empty() ? "there is no reference" : reason.subject);
    case ReasonCode::NotChecked:
      return "unverified: the record holds no check of its outputs";
    default:
      return ended(reason);
  }
}

std::string words_of_comparison(const Reason& reason) {
  switch (reason.code) {
    case ReasonCode::BaselineNotRanked:
      return "the baseline " + reason.subject + " is not ranked";
    case ReasonCode::DiffersFromItself:
      return fmt::format("in this run the baseline differs from itself: ratio {:.3f} over {}", reason.value,
                         counted(reason.limit, "round"));
    case ReasonCode::ProcessesDiffer:
      return fmt::format("two processes of the baseline differ: ratio {:.3f} across {}", reason.value,
                         counted(reason.limit, "fresh load"));
    case ReasonCode::ThreadsWaited:
      return fmt::format(
          "{} waited {:.0f} % of the time for a CPU (limit {:.0f} %): its threads ran as fewer",
          reason.subject, 100 * reason.value, 100 * reason.limit);
    case ReasonCode::WaitedUnequally:
      return fmt::format("{} waited {:.0f} % of the time for a CPU, the baseline {:.0f} %", reason.subject,
                         100 * reason.value, 100 * reason.limit);
    case ReasonCode::NoComparisonHolds:
      return "no comparison with it is valid";
    case ReasonCode::NotMeasured:
      return "not measured";
    case ReasonCode::FewSamples:
      return fmt::format("needs {:.0f} samples, has {:.0f}", reason.limit, reason.value);
    case ReasonCode::SamplesSpanRuns:
      return fmt::format("each sample spans {:.0f} runs", reason.value);
    default:
      return results::to_text(reason.code);
  }
}

std::string words_of_trust(const Reason& reason) {
  switch (reason.code) {
    case ReasonCode::WaitedForCpu:
      return fmt::format("{} waited {:.1f} % of its time for a CPU (A: below {:.0f} %)", reason.subject,
                         100 * reason.value, 100 * reason.limit);
    case ReasonCode::DelayNotCounted:
      return reason.subject + ": this kernel does not count run-queue delay";
    case ReasonCode::Steal:
      return fmt::format("the hypervisor took {:.1f} % of the time (A: below {:g} %)", 100 * reason.value,
                         100 * reason.limit);
    case ReasonCode::OtherProcesses:
      return fmt::format("other processes used {:.1f} CPUs (A: below {:g})", reason.value, reason.limit);
    case ReasonCode::DisturbedRounds:
      return fmt::format("{:.0f} of {:.0f} rounds were disturbed and left out for all (A: at most 5 %)",
                         reason.value, reason.limit);
    case ReasonCode::PageFaults:
      return fmt::format("{} while measuring (A: none)", counted(reason.value, "major page fault"));
    case ReasonCode::NotSteady:
      return fmt::format(
          "{:.0f} of {:.0f} loads were not steady when their warm-up reached its cap (A: none)", reason.value,
          reason.limit);
    case ReasonCode::NotComparedWithItself:
      return "the baseline was not compared with itself: the noise of this run is not known";
    case ReasonCode::NoiseNotBounded:
      return fmt::format("{} of the baseline against itself bound no noise (A: within the margin)",
                         counted(reason.value, "round"));
    case ReasonCode::NoiseWide:
      return fmt::format("the baseline against itself is known to {:.1f} % only (A: the margin of {:g} %)",
                         100 * reason.value, 100 * reason.limit);
    case ReasonCode::SecondProcessDiffers:
      return fmt::format(
          "in {:.0f} of {:.0f} load sets a second process of the baseline differs from the "
          "first: load and placement matter here",
          reason.value, reason.limit);
    case ReasonCode::NoUndisturbedRound:
      return "no undisturbed round was measured";
    default:
      return results::to_text(reason.code);
  }
}

std::string words_of_advice(const Reason& reason) {
  switch (reason.code) {
    case ReasonCode::NobodyEligible:
      return "no candidate may be recommended";
    case ReasonCode::NobodyElseEligible:
      return "no other candidate may be recommended";
    case ReasonCode::NotKnownOfAny:
      return "no candidate has a " + reason.subject;
    case ReasonCode::BatchesNotCompared:
      return "batch sizes are measured one after the other, which is no comparison";
    case ReasonCode::NoCommonInterval:
      return "the two have no interval in common";
    case ReasonCode::NoCpuTimeInterval:
      return "there is no interval of their CPU times";
    case ReasonCode::WithinMargin:
      return fmt::format("equivalent within the margin of {:g} %", 100 * reason.limit);
    case ReasonCode::PointsOtherWay:
      return "the interval points the other way";
    case ReasonCode::HoldsOne:
      return "the interval holds 1";
    case ReasonCode::FewRounds:
      return "too few rounds for an interval";
    case ReasonCode::PeakMemoryOnly:
      return "alike in size; peak memory is one largest value without an interval";
    default:
      return results::to_text(reason.code);
  }
}

}  // namespace

std::string words(const Reason& reason) {
  if (reason.code == ReasonCode::Text) return reason.subject;
  if (reason.code <= ReasonCode::Interrupted) return ended(reason);
  if (reason.code <= ReasonCode::OtherNotIdle) return words_of_measuring(reason);
  if (reason.code <= ReasonCode::NotChecked) return words_of_outputs(reason);
  if (reason.code <= ReasonCode::NotMeasured) return words_of_comparison(reason);
  if (reason.code <= ReasonCode::NoUndisturbedRound) return words_of_trust(reason);
  if (reason.code <= ReasonCode::SamplesSpanRuns) return words_of_comparison(reason);
  return words_of_advice(reason);
}

std::vector<std::string> sentences(const Reasons& reasons) {
  std::vector<std::string> all;
  bool goes_on = false;
  for (const auto& reason : reasons) {
    if (goes_on) {
      all.back() += ": " + words(reason);
    } else {
      all.push_back(words(reason));
    }
    goes_on = results::leads(reason.code);
  }
  return all;
}

std::string words(const Reasons& reasons) { return base::join(sentences(reasons), "; "); }

}  // namespace inferometer::report
