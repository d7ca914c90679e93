// The hub on loopback for tests: tests/fakes/hub_server.py as a child of the test, ended with it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "process/process.h"

namespace inferometer::builder {

class FakeHub {
 public:
  /// Serves `folder`/ORG/NAME/*, following `rules` as hub_server.py says.
  FakeHub(const std::filesystem::path& folder, const base::Json& rules) : child_(request(folder, rules)) {
    while (parsed().empty() &&
           child_.receive(bytes_, std::chrono::seconds(20)) == process::Child::Received::Bytes) {
    }
    const auto lines = parsed();
    if (!lines.empty()) endpoint_ = "http://127.0.0.1:" + std::to_string(lines[0].at("hub").get<int>());
    if (lines.empty()) ADD_FAILURE() << "the server on loopback did not start: " << child_.log_tail();
  }

  const std::string& endpoint() const { return endpoint_; }

  /// Every request so far: {"server", "method", "path", "range", "authorization"}.
  std::vector<base::Json> requests() {
    while (child_.receive(bytes_, std::chrono::milliseconds(20)) == process::Child::Received::Bytes) continue;
    auto lines = parsed();
    lines.erase(lines.begin());
    return lines;
  }

 private:
  static process::SpawnRequest request(const std::filesystem::path& folder, const base::Json& rules) {
    process::SpawnRequest request;
    request.arguments = {"python3",
                         std::string(std::getenv("INFEROMETER_TEST_SOURCE")) + "/tests/fakes/hub_server.py",
                         folder.string(), base::to_line(rules)};
    request.channel = true;
    return request;
  }

  std::vector<base::Json> parsed() const {
    std::vector<base::Json> lines;
    for (const auto& line : base::split(bytes_.substr(0, bytes_.rfind('\n') + 1), '\n')) {
      if (!line.empty()) lines.push_back(base::parse_json(line, "hub_server.py"));
    }
    return lines;
  }

  process::Child child_;
  std::string bytes_;
  std::string endpoint_;
};

}  // namespace inferometer::builder
