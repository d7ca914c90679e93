// The three kinds of error of the program, and the exit codes that stand for them.
#pragma once

#include <stdexcept>
#include <string>

namespace inferometer::base {

/// Exit codes of every program of the project. Never renumber: scripts depend on them.
enum ExitCode : int {
  kExitOk = 0,
  kExitCandidateFailed = 1,
  kExitUsage = 2,
  kExitRequirement = 3,
  kExitRecord = 4,
  kExitCannotTell = 5,
  kExitSandbox = 6,
  kExitInternal = 70,
  kExitInterrupted = 130,
};

/// The user (or a file of the user's) is wrong. `what()` is the one message to print: it names the file,
/// line or flag, what was found, what is allowed and what to do. Caught once, in main; exit 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The record on disk cannot be read, trusted or written. Exit 4.
class RecordError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// We are wrong. Thrown by INFEROMETER_CHECK; exit 70, with a line that says what to report.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_check(const char* expression, const char* file, int line, const std::string& context);

/// The text of the current errno-style code `error_number`, for messages.
std::string errno_text(int error_number);

}  // namespace inferometer::base

/// A condition that only a defect of ours can break. Stays on in release builds.
#define INFEROMETER_CHECK(condition, context)                                     \
  do {                                                                            \
    if (!(condition)) {                                                           \
      ::inferometer::base::fail_check(#condition, __FILE__, __LINE__, (context)); \
    }                                                                             \
  } while (false)
