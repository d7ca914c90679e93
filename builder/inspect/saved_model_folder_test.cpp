#include "builder/inspect/saved_model_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/test_fixture.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

formats::SavedModelSignature text_signature() {
  formats::SavedModelSignature signature;
  signature.inputs = {{"input_ids", "ids", 0, "int32", true, {-1, -1}}};
  signature.outputs = {{"logits", "call", 1, "float32", true, {-1, 2}}};
  return signature;
}

TEST(saved_model_folder, tells_inputs_with_the_roles_of_their_dimensions) {
  const auto summary = inspect(text_signature(), "m");
  EXPECT_EQ(to_text(summary.variant), "saved_model/float32");
  EXPECT_EQ(entry_part(summary).inputs.at(0).dtype, "int32");
  EXPECT_EQ(entry_part(summary).inputs[0].shape.at(0).role, "batch");
  EXPECT_EQ(entry_part(summary).inputs[0].shape.at(1).role, "sequence");
  EXPECT_NE(entry_part(summary).inputs[0].shape[0].name, entry_part(summary).inputs[0].shape[1].name);
  EXPECT_EQ(entry_part(summary).outputs.at(0).name, "logits");
}

TEST(saved_model_folder, inputs_without_a_shape_are_refused_by_name) {
  auto signature = text_signature();
  signature.inputs[0].shape = {1, 0};
  EXPECT_THAT(message_of([&] { inspect(signature, "m"); }),
              HasSubstr("dimension 1 of input 'input_ids' is 0"));
  signature.inputs[0].has_rank = false;
  EXPECT_THAT(message_of([&] { inspect(signature, "m"); }), HasSubstr("input 'input_ids' has no shape"));
}

TEST(saved_model_files, are_all_below_the_folder_and_no_links) {
  const base::ScratchFolder folder("saved-model-files");
  fs::create_directory(folder.path() / "variables");
  write_bytes(folder.path() / "saved_model.pb", "abc");
  write_bytes(folder.path() / "variables" / "variables.index", "de");
  EXPECT_THAT(files_of_saved_model(folder.path()),
              ElementsAre(Pair("saved_model.pb", 3), Pair("variables/variables.index", 2)));
  fs::create_symlink("/etc/passwd", folder.path() / "variables" / "variables.data");
  EXPECT_THAT(message_of([&] { files_of_saved_model(folder.path()); }),
              HasSubstr("variables.data: is neither file nor folder"));
}

}  // namespace
}  // namespace inferometer::builder
