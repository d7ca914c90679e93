// One call of the prepare child: the only way by which files of strangers are read for the coordinator.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"

namespace inferometer::models {

struct PrepareCall {
  std::filesystem::path program;  ///< path of inferometer-prepare
  std::string command;            ///< "inspect"; a row of its table
  base::Json request;
  std::string subject;  ///< what is read, at the start of messages: "./model.onnx"
  std::uint64_t data_limit_bytes = 0;
  std::chrono::seconds timeout{};
  std::function<void(const std::string&)> tell = {};  ///< gets what the child tells; may be empty
  bool keep_environment = false;  ///< for the hub: its variables, tokens and proxies are the user's
};

struct PrepareReply {
  base::Json reply;
  std::int64_t peak_rss_bytes = 0;
};

/// Throws base::UserError with the child's message, or saying how the child ended (signal, time, memory);
/// base::InternalError when the child found a defect of ours.
PrepareReply call_prepare(const PrepareCall& call);

}  // namespace inferometer::models
