// Engine options as a description lists them.
#pragma once

#include <string>
#include <vector>

#include "protocol/messages.h"

namespace inferometer::worker {

/// One of `values`; the first is the default.
protocol::Option choice_option(std::string name, std::vector<std::string> values, std::string help);

/// "0" or "1".
protocol::Option boolean_option(std::string name, bool default_value, std::string help);

struct IntegerRange {
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
};
protocol::Option integer_option(std::string name, std::int64_t default_value, IntegerRange range,
                                std::string help);

}  // namespace inferometer::worker
