// One call of the builder: the only way by which files of strangers are read for the coordinator.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"

namespace inferometer::builder_client {

struct BuilderCall {
  std::filesystem::path program;  ///< path of inferometer-builder
  std::string command;            ///< "inspect"; a row of its table
  base::Json request;
  std::string subject;  ///< what is read, at the start of messages: "./model.onnx"
  std::uint64_t data_limit_bytes = 0;
  std::chrono::seconds timeout{};
  std::function<void(const std::string&)> notify = {};  ///< gets what the builder says; may be empty
  bool keep_environment = false;  ///< for the hub: its variables, tokens and proxies are the user's
};

struct BuilderReply {
  base::Json reply;
  std::int64_t peak_rss_bytes = 0;
};

/// Throws base::UserError with the child's message, or saying how the child ended (signal, time, memory);
/// base::InternalError when the child found a defect of ours.
BuilderReply call_builder(const BuilderCall& call);

}  // namespace inferometer::builder_client
