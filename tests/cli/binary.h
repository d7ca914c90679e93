// Runs the built binary with a home of its own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "process/process.h"

namespace inferometer::tests {

class Binary {
 public:
  Binary() : home_("cli-test") {}

  std::filesystem::path home() const { return home_.path(); }

  process::SpawnRequest request(const std::vector<std::string>& words) const {
    process::SpawnRequest request;
    request.arguments = {std::string(std::getenv("INFEROMETER_TEST_BUILD")) + "/bin/inferometer"};
    request.arguments.insert(request.arguments.end(), words.begin(), words.end());
    request.environment["INFEROMETER_HOME"] = home().string();
    request.working_folder = home().string();
    request.capture_standard_output = true;
    return request;
  }

  process::Finished run(const std::vector<std::string>& words) const {
    return process::run(request(words), std::chrono::minutes(3));
  }

  /// Files of the record, oldest first.
  std::vector<std::filesystem::path> records() const {
    std::vector<std::filesystem::path> files;
    const auto folder = home() / "state" / "record";
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

 private:
  base::ScratchFolder home_;
};

/// A comparison of the null engine with itself that is decided in a second or two.
inline std::vector<std::string> quick_null(const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {
      "compare",          "null",   "--candidate", "null,work=200000", "--candidate",
      "null,work=300000", "--mode", "quick",       "--seed",           "7"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Processes that were started with this home: a coordinator and everything below it.
inline int processes_of(const std::filesystem::path& home) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream stream(entry.path() / "environ");
    const std::string words((std::istreambuf_iterator<char>(stream)), {});
    count += words.find("INFEROMETER_HOME=" + home.string()) != std::string::npos ? 1 : 0;
  }
  return count;
}

}  // namespace inferometer::tests
