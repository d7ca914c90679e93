#include "openvino/openvino_api.h"

#include <sstream>
#include <string_view>

#include "sdk/cpp/engine.h"

namespace inferometer::worker::openvino {
namespace {

/// OpenVINO begins its messages with the places in its sources where they were thrown and passed on.
bool is_place(std::string_view line) {
  return line.starts_with("Exception from ") || line.starts_with("Check '") ||
         line.find_first_not_of(" \t") == line.npos;
}

/// The first line that says something, or the first of all.
std::string essence(const std::string& message) {
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) {
    if (!is_place(line)) return line;
  }
  return message.substr(0, message.find('\n'));
}

}  // namespace

void Api::fail(Status status, const char* call) const {
  const char* const text = get_last_error();
  throw EngineError(
      std::string("OpenVINO, ") + call + ": " +
          (text == nullptr || *text == '\0' ? "status " + std::to_string(status) : essence(text)),
      status == kNotImplemented);
}

}  // namespace inferometer::worker::openvino
