#include <algorithm>

#include "results/environment.h"
#include "results/measurement.h"
#include "results/outcome.h"

namespace inferometer::results {

const char* to_text(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::Completed:
      return "completed";
    case OutcomeKind::Failed:
      return "failed";
    case OutcomeKind::TimedOut:
      return "timed out";
    case OutcomeKind::Crashed:
      return "crashed";
    case OutcomeKind::Unsupported:
      return "unsupported";
    case OutcomeKind::WrongOutput:
      return "wrong output";
    case OutcomeKind::Untrusted:
      return "untrusted";
    case OutcomeKind::Interrupted:
      return "interrupted";
  }
  return "";
}

const char* to_text(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::Faster:
      return "faster";
    case VerdictKind::Slower:
      return "slower";
    case VerdictKind::Equivalent:
      return "equivalent";
    case VerdictKind::Undecided:
      return "undecided";
    case VerdictKind::Invalid:
      return "invalid";
  }
  return "";
}

Reasons reasons_of(const Outcome& outcome) {
  if (outcome.ok()) return {};
  const auto code = parse_reason_code(to_text(outcome.kind));
  if (outcome.reason.empty()) return {Reason(code, outcome.phase)};
  return {Reason(code, outcome.phase), outcome.reason};
}

CandidateFailure::CandidateFailure(Outcome outcome)
    : std::runtime_error(
          std::string(to_text(outcome.kind)) + " in " + outcome.phase + ": " +
          (outcome.reason.code == ReasonCode::Text ? outcome.reason.subject : to_text(outcome.reason.code))),
      outcome_(std::move(outcome)) {}

bool Environment::same_class(const Environment& other) const {
  // Each names those that its engines see: what counts is what both name.
  const bool same_devices = std::all_of(devices.begin(), devices.end(), [&](const Device& ours) {
    return std::all_of(other.devices.begin(), other.devices.end(),
                       [&](const Device& theirs) { return theirs.id != ours.id || theirs == ours; });
  });
  return same_devices && cpu_model == other.cpu_model && cpus == other.cpus && cpu_flags == other.cpu_flags &&
         memory_bytes == other.memory_bytes && kernel == other.kernel && libc == other.libc &&
         program_version == other.program_version;
}

}  // namespace inferometer::results
