// A session with a scripted worker, and proof that nothing of it is left. For the tests of this module.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "process/process.h"
#include "results/outcome.h"
#include "session/session.h"

namespace inferometer::session {

namespace fs = std::filesystem;
inline constexpr const char* kRunVariable = "INFEROMETER_TEST_RUN";

/// As main does it; and a mark by which every process that a test starts can be found.
class Supervision : public testing::Environment {
 public:
  void SetUp() override {
    process::set_up_supervision();
    ::setenv(kRunVariable, base::random_id().c_str(), 1);
  }
};
inline const auto* const supervision = testing::AddGlobalTestEnvironment(new Supervision);

inline std::string contents(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// The processes that the tests of this program started and that still are.
inline std::vector<int> our_processes() {
  const std::string mark = std::string(kRunVariable) + "=" + std::getenv(kRunVariable);
  std::vector<int> pids;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && contents(entry.path() / "environ").find(mark) != std::string::npos) pids.push_back(pid);
  }
  return pids;
}

inline std::ptrdiff_t open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), {});
}

/// One tensor x of four float32 1.5, as a safetensors file.
inline std::string input_set() {
  const std::string header = R"({"x":{"dtype":"F32","shape":[1,4],"data_offsets":[0,16]}})";
  const std::uint64_t header_bytes = header.size();
  const std::array<float, 4> values = {1.5f, 1.5f, 1.5f, 1.5f};
  return std::string(reinterpret_cast<const char*>(&header_bytes), sizeof header_bytes) + header +
         std::string(reinterpret_cast<const char*>(values.data()), sizeof values);
}

/// A scripted worker, its artefact and one input set; at the end nothing of them may be left.
class Worker : public testing::Test {
 protected:
  Worker()
      : descriptors_before_(open_descriptors()),
        folder_(std::make_unique<base::ScratchFolder>("session-test")) {
    base::write_file_atomically(folder_->path() / "model.json", "{}");
    base::write_file_atomically(folder_->path() / "set0.safetensors", input_set());
    start.launch = engines::program_with_library(program(), "");
    start.repeat = "inferometer compare this";
  }

  ~Worker() override {
    folder_.reset();
    EXPECT_THAT(our_processes(), testing::IsEmpty());
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(open_descriptors(), descriptors_before_);
  }

  static std::string program() {
    return std::string(std::getenv("INFEROMETER_TEST_BUILD")) + "/tests/fakes/inferometer-worker-scripted";
  }
  void misbehave(const std::string& fault, const std::string& phase) {
    start.launch = engines::program_with_library(program(), "fault=" + fault + ",phase=" + phase);
  }
  std::string path_of(const std::string& name) const { return (folder_->path() / name).string(); }

  void load_and_bind(Session& session) const {
    protocol::Load request;
    request.parts = {{"model", path_of("model.json"), {}}};
    request.format = "null";
    session.load(request);
    session.bind({"model", 0, path_of("set0.safetensors")});
  }

  static protocol::Sample twenty_samples() {
    protocol::Sample request;
    request.part = "model";
    request.sets = {0};
    request.samples = 20;
    request.discard_runs = 3;
    return request;
  }

  /// All that a candidate goes through; what `close` says.
  std::string whole_life() const {
    Session session(start);
    load_and_bind(session);
    session.sample(twenty_samples(), "first_run", 0);
    session.pause();
    session.resume();
    session.sample(twenty_samples(), "run", 0);
    session.outputs({"model", 0, path_of("outputs.safetensors")});
    return session.close();
  }

  results::Outcome outcome_of_life() const {
    try {
      const std::string teardown = whole_life();
      return {results::OutcomeKind::Completed, "teardown", teardown, "", ""};
    } catch (const results::CandidateFailure& failure) {
      EXPECT_EQ(failure.outcome().repeat, start.repeat);
      return failure.outcome();
    }
  }

  Start start;

 private:
  std::ptrdiff_t descriptors_before_;
  std::unique_ptr<base::ScratchFolder> folder_;
};

}  // namespace inferometer::session
