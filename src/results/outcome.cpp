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

CandidateFailure::CandidateFailure(Outcome outcome)
    : std::runtime_error(std::string(to_text(outcome.kind)) + " in " + outcome.phase + ": " + outcome.reason),
      outcome_(std::move(outcome)) {}

}  // namespace inferometer::results
