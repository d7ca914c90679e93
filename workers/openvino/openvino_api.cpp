#include "openvino/openvino_api.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>

#include "sdk/cpp/engine.h"

namespace inferometer::worker::openvino {
namespace {

/// What newer and older frontends say of a model with operations that OpenVINO does not have. The status is
/// the general one.
constexpr std::string_view kNoSuchOperation[] = {"OpConversionFailure",
                                                 "OpenVINO does not support the following ONNX operations"};

bool is_unsupported(Status status, std::string_view reason) {
  return status == kNotImplemented ||
         std::any_of(std::begin(kNoSuchOperation), std::end(kNoSuchOperation),
                     [&](std::string_view words) { return reason.find(words) != reason.npos; });
}

/// OpenVINO begins its messages with the places in its sources where they were thrown and passed on.
bool is_place(std::string_view line) {
  return line.starts_with("Exception from ") || line.starts_with("Check '");
}

/// What is left without those places, as one line.
std::string essence(const std::string& message) {
  std::istringstream lines(message);
  std::string essence;
  for (std::string line; std::getline(lines, line);) {
    if (is_place(line) || line.find_first_not_of(" \t") == line.npos) continue;
    essence += (essence.empty() ? "" : " ") + line;
  }
  return essence;
}

}  // namespace

void Api::fail(Status status, const char* call) const {
  const char* const text = get_last_error();
  std::string reason = text == nullptr ? "" : essence(text);
  if (reason.empty()) reason = "status " + std::to_string(status);
  throw EngineError(std::string("OpenVINO, ") + call + ": " + reason, is_unsupported(status, reason));
}

}  // namespace inferometer::worker::openvino
