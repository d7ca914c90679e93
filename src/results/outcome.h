// How a candidate ended.
#pragma once

#include <stdexcept>
#include <string>

#include "results/reason.h"

namespace inferometer::results {

enum class OutcomeKind {
  Completed,
  Failed,       ///< the engine or worker said no, with a reason
  TimedOut,     ///< a phase passed its deadline
  Crashed,      ///< ended by a signal or without a result
  Unsupported,  ///< the engine cannot do this, or did something else than asked (device, precision, threads)
  WrongOutput,  ///< measured, never ranked
  Untrusted,    ///< the worker's claims contradict each other or our clock
  Interrupted,
};

/// "completed", "timed out", "wrong output", ...
const char* to_text(OutcomeKind kind);

struct Outcome {
  OutcomeKind kind = OutcomeKind::Completed;
  std::string
      phase;  ///< start, load, compile, bind, first_run, warm_up, run, outputs, teardown; empty if completed
  Reason reason;
  std::string log_tail;  ///< the last lines the worker printed, capped
  std::string repeat;    ///< the command that repeats it
  bool ok() const { return kind == OutcomeKind::Completed; }
  bool operator==(const Outcome&) const = default;
};

/// How it ended, and why: nothing for a completed one.
Reasons reasons_of(const Outcome& outcome);

/// Thrown where a candidate cannot go on; caught once, in measure, which records it and goes on with the
/// rest.
class CandidateFailure : public std::runtime_error {
 public:
  explicit CandidateFailure(Outcome outcome);
  const Outcome& outcome() const { return outcome_; }

 private:
  Outcome outcome_;
};

}  // namespace inferometer::results
