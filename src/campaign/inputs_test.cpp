#include "campaign/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "base/files.h"

namespace inferometer::campaign {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// One part without inputs.
plan::Model any_model() {
  plan::Model model;
  model.info.parts.resize(1);
  return model;
}

class SuiteInputs : public ::testing::Test {
 protected:
  SuiteInputs() { campaign_.results = scratch_.path() / "results"; }

  static plan::Model text_model() {
    plan::Model model;
    model.info.parts = {
        {"model", {{"input_ids", "int64", {{0, "batch", "batch"}, {0, "sequence", "sequence"}}, 0}}, {}}};
    return model;
  }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((scratch_.path() / name).parent_path());
    base::write_file_atomically(scratch_.path() / name, text);
    return scratch_.path() / name;
  }

  base::ScratchFolder scratch_{"suite-inputs"};
  Campaign campaign_;
};

TEST_F(SuiteInputs, without_paths_are_seeded) {
  const auto sources = suite_inputs(campaign_, text_model());
  EXPECT_THAT(sources.texts, IsEmpty());
  EXPECT_THAT(sources.images, IsEmpty());
  EXPECT_FALSE(fs::exists(campaign_.results));
}

TEST_F(SuiteInputs, are_the_first_texts_for_a_model_with_a_sequence) {
  campaign_.file.texts = {write("t.txt", "one\ntwo\nthree").string(), 2};
  campaign_.file.images = {scratch_.path().string(), 1};
  const auto sources = suite_inputs(campaign_, text_model());
  EXPECT_EQ(base::read_file(sources.texts, 100), "one\ntwo\n");
  EXPECT_THAT(sources.images, IsEmpty());
  campaign_.file.texts.count = 9;
  EXPECT_EQ(base::read_file(suite_inputs(campaign_, text_model()).texts, 100), "one\ntwo\nthree");
}

TEST_F(SuiteInputs, are_the_first_images_by_name_for_any_other) {
  for (const char* name : {"i/b.png", "i/a.png", "i/c.png"}) write(name, name);
  campaign_.file.images = {(scratch_.path() / "i").string(), 2};
  const fs::path images = suite_inputs(campaign_, any_model()).images;
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(images)) names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"a.png", "b.png"}));
  EXPECT_EQ(base::read_file(images / "a.png", 100), "i/a.png");
  campaign_.file.images.count = 3;
  EXPECT_EQ(suite_inputs(campaign_, any_model()).images, campaign_.file.images.path);
}

TEST_F(SuiteInputs, that_are_not_there_are_named) {
  campaign_.file.texts.path = "nosuch.txt";
  try {
    suite_inputs(campaign_, text_model());
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("dataset.text.path: nosuch.txt: no such file"));
  }
}

}  // namespace
}  // namespace inferometer::campaign
