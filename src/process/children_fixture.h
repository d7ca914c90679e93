// Children for the tests of this module, and what the kernel says of them.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "process/process.h"

namespace inferometer::process {

inline SpawnRequest shell(const std::string& script) {
  SpawnRequest request;
  request.arguments = {"/bin/sh", "-c", script};
  return request;
}

inline SpawnRequest shell_with_channel(const std::string& script) {
  SpawnRequest request = shell(script);
  request.channel = true;
  return request;
}

inline std::string receive_line(Child& child) {
  std::string bytes;
  while (bytes.find('\n') == std::string::npos &&
         child.receive(bytes, std::chrono::seconds(5)) == Child::Received::Bytes) {
  }
  return bytes;
}

/// "S", "T", ... of each thread; empty when the process is gone.
inline std::string thread_states(int pid) {
  std::string states;
  std::error_code gone;
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    std::ifstream stat(thread.path() / "stat");
    std::string text;
    std::getline(stat, text);
    if (const auto at = text.rfind(") "); at != std::string::npos) states += text[at + 2];
  }
  return states;
}

inline bool runs(int pid) {
  const std::string states = thread_states(pid);
  return !states.empty() && states != "Z";
}

}  // namespace inferometer::process
