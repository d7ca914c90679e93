#include "base/field_error.h"

namespace inferometer::base {

FieldError::FieldError(const std::string& field, const std::string& message)
    : UserError(field + ": " + message), field_(field), message_(message) {}

}  // namespace inferometer::base
