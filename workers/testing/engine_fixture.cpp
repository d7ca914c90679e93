#include "testing/engine_fixture.h"

#include <gmock/gmock.h>

#include <cctype>
#include <cstdlib>

#include "sdk/cpp/checks.h"

namespace inferometer::worker {
namespace {

namespace fs = std::filesystem;
using tensors::Tensor;

/// The file that `pattern`, whose last "*" is a version, names below `folder`.
std::optional<fs::path> find_below(const fs::path& folder, const std::string& pattern) {
  const fs::path wanted = folder / pattern.substr(0, pattern.rfind('*'));
  if (!fs::is_directory(wanted.parent_path())) return std::nullopt;
  for (const auto& entry : fs::directory_iterator(wanted.parent_path())) {
    if (entry.path().string().starts_with(wanted.string())) return entry.path();
  }
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> library_under_test() {
  const auto description = description_under_test();
  std::string variable = "INFEROMETER_" + description.engine + "_LIBRARY";
  std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) { return std::toupper(c); });
  if (const char* const chosen = std::getenv(variable.c_str())) return chosen;
  const fs::path versions = base::cache_folder() / "packages" / description.package;
  if (!fs::is_directory(versions)) return std::nullopt;
  for (const auto& version : fs::directory_iterator(versions)) {
    if (const auto found = find_below(version.path(), description.library)) return found;
  }
  return std::nullopt;
}

void EngineTest::SetUp() {
  const auto library = library_under_test();
  const auto package = description_under_test().package;
  if (!library) GTEST_SKIP() << package << " is not installed: inferometer packages install " << package;
  engine_ = engine_under_test();
  protocol::HelloReply hello;
  engine_->open(*library, hello);
  EXPECT_THAT(hello.engine_version, ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.*"));
  EXPECT_EQ(hello.library_path, library->string());
}

protocol::Load EngineTest::request(const fs::path& file) const {
  protocol::Load request;
  request.parts = {{"model", file.string(), {}}};
  request.format = description_under_test().formats.at(0);
  request.options = complete_options(description_under_test().options, {});
  return request;
}

protocol::LoadReply EngineTest::load(const protocol::Load& request) {
  phases_.clear();
  return engine_->load(request, [&](const std::string& phase) { phases_.push_back(phase); });
}

std::optional<Refusal> EngineTest::refusal_of(const protocol::Load& request) {
  try {
    load(request);
  } catch (const EngineError& error) {
    engine_->release();
    return Refusal{error.what(), error.unsupported()};
  }
  return std::nullopt;
}

std::vector<Tensor> EngineTest::outputs_of(std::vector<Tensor> inputs, int runs) {
  std::sort(inputs.begin(), inputs.end(),
            [](const Tensor& a, const Tensor& b) { return a.name() < b.name(); });
  engine_->bind(0, 0, std::move(inputs));
  engine_->select(0, 0);
  for (int i = 0; i < runs; ++i) engine_->run();
  return engine_->outputs();
}

}  // namespace inferometer::worker
