#include "models/models.h"
#include "base/test_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace inferometer::models {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class models : public ::testing::Test {
 protected:
  std::string refusal(const std::string& name) {
    return message_of([&] { resolve(name, store_); });
  }

  base::ScratchFolder folder_{"models-test"};
  packages::Installed store_{folder_.path() / "packages", {}};
};

TEST_F(models, paths_resolve_to_what_lies_there) {
  const auto file = write_bytes(folder_.path() / "m.onnx", "x");
  const auto reference = resolve(file.string(), store_);
  EXPECT_EQ(reference.kind, Reference::Kind::File);
  EXPECT_EQ(reference.path, file);
  write_bytes(folder_.path() / "config.json", "{}");
  EXPECT_EQ(resolve(folder_.path().string(), store_).kind, Reference::Kind::Checkpoint);
  write_bytes(folder_.path() / "saved_model.pb", "");
  EXPECT_EQ(resolve(folder_.path().string(), store_).kind, Reference::Kind::SavedModel);
}

TEST_F(models, the_null_model_needs_no_file) {
  EXPECT_EQ(resolve("null", store_).kind, Reference::Kind::Null);
  EXPECT_THAT(known_names(), AllOf(Contains("null"), Contains("minilm")));
}

TEST_F(models, a_known_model_that_is_not_installed_is_reported_with_the_line_that_installs_it) {
  EXPECT_THAT(refusal("minilm"), HasSubstr("inferometer packages install minilm"));
}

TEST_F(models, wrong_names_are_reported_with_what_is_allowed) {
  EXPECT_THAT(refusal("minilmm"), HasSubstr("did you mean 'minilm'?"));
  EXPECT_THAT(refusal("none.onnx"), AllOf(HasSubstr("none.onnx: no such file"), HasSubstr("minilm")));
  EXPECT_THAT(refusal("none.tflite"), HasSubstr("none.tflite: no such file"));
  EXPECT_THAT(refusal("./none"), HasSubstr("no such file or folder"));
  EXPECT_THAT(refusal(""), HasSubstr("no such file or folder"));
}

TEST_F(models, a_folder_that_is_no_checkpoint_is_reported_what_it_holds) {
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("has no config.json"));
  write_bytes(folder_.path() / "m.onnx", "x");
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("it holds m.onnx: give that file"));
  std::filesystem::remove(folder_.path() / "m.onnx");
  write_bytes(folder_.path() / "m.tflite", "x");
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("it holds m.tflite: give that file"));
}

TEST_F(models, synthetic_weights_are_for_published_names_only) {
  EXPECT_EQ(resolve("bert-base-uncased", store_, true).kind, Reference::Kind::Synthetic);
  EXPECT_THAT(message_of([&] { resolve("bert-base-uncase", store_, true); }),
              HasSubstr("did you mean 'bert-base-uncased'?"));
  EXPECT_THAT(message_of([&] { resolve("minilm", store_, true); }),
              HasSubstr("published architecture 'minilm'"));
}

}  // namespace
}  // namespace inferometer::models
