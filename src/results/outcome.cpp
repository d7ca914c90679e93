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

}  // namespace inferometer::results
