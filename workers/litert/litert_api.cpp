#include "litert/litert_api.h"

#include <filesystem>
#include <fstream>
#include <string_view>

#include "sdk/cpp/engine.h"

namespace inferometer::worker::litert {

namespace fs = std::filesystem;

void Api::fail(Status status, const char* call) {
  throw EngineError(std::string("LiteRT, ") + call + ": status " + std::to_string(status),
                    status == kUnsupported);
}

std::string version_of(const std::string& library) {
  constexpr std::string_view kVersion = "Version: ";
  const fs::path packages = fs::path(library).parent_path().parent_path();
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(packages, unreadable)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("ai_edge_litert-") || !name.ends_with(".dist-info")) continue;
    std::ifstream metadata(entry.path() / "METADATA");
    for (std::string line; std::getline(metadata, line) && !line.empty();) {
      if (line.starts_with(kVersion)) return line.substr(kVersion.size());
    }
  }
  return "unknown";
}

}  // namespace inferometer::worker::litert
