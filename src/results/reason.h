// Why something is as it is, as data: programs read the code and the numbers, src/report words them.
#pragma once

#include <limits>
#include <string>

namespace inferometer::results {

/// What `subject`, `value` and `limit` of a Reason stand for is said beside each code; what is not named
/// there is blank. Stored by the words of json.h: never change the word of an existing code.
enum class ReasonCode {
  Text,  ///< subject: a sentence that somebody else wrote (an engine, an older record)
};

struct Reason {
  ReasonCode code = ReasonCode::Text;
  std::string subject;                                      ///< whom or what it is about
  double value = std::numeric_limits<double>::quiet_NaN();  ///< what was found
  double limit = std::numeric_limits<double>::quiet_NaN();  ///< what is allowed
};

}  // namespace inferometer::results
