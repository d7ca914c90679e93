#include "sdk/cpp/options.h"

#include <utility>

namespace inferometer::worker {

protocol::Option choice_option(std::string name, std::vector<std::string> values, std::string help) {
  const std::string default_value = values.front();
  return {std::move(name), "choice", default_value, std::move(values), 0, 0, std::move(help)};
}

protocol::Option boolean_option(std::string name, bool default_value, std::string help) {
  return {std::move(name), "boolean", default_value ? "1" : "0", {}, 0, 0, std::move(help)};
}

protocol::Option integer_option(std::string name, std::int64_t default_value, IntegerRange range,
                                std::string help) {
  return {std::move(name), "integer",      std::to_string(default_value), {}, range.minimum,
          range.maximum,   std::move(help)};
}

}  // namespace inferometer::worker
