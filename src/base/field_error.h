// A value of a request that is wrong.
#pragma once

#include <string>

#include "base/error.h"

namespace inferometer::base {

/// Names the field of the request, not the place where the user wrote it: whoever read the value (a command
/// line, a YAML file) catches this and puts its own word for the field (a flag, a key) before the message.
class FieldError : public UserError {
 public:
  /// `field`: "batch_sizes". `message`: what was found, what is allowed and what to do; it does not repeat
  /// the field. what() is "FIELD: MESSAGE".
  FieldError(const std::string& field, const std::string& message);
  const std::string& field() const { return field_; }
  const std::string& message() const { return message_; }

 private:
  std::string field_;
  std::string message_;
};

}  // namespace inferometer::base
