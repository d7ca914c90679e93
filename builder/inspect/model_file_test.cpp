#include "builder/inspect/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/test_fixture.h"
#include "onnx/model_fixture.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;
using base::message_of;
using base::write_bytes;
using ::testing::HasSubstr;

fs::path shared_file(const std::string& name) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  return fs::path(source == nullptr ? "." : source) / ".." / "shared" / "data" / name;
}

results::ModelInfo inspect(const fs::path& file) {
  return inspect_model(file, [](const fs::path& one) { return base::sha256_of_file(one); });
}

class model_file : public ::testing::Test {
 protected:
  std::string refusal(const std::string& bytes) {
    const auto file = write_bytes(folder_.path() / "model.onnx", bytes);
    return message_of([&] { inspect(file); });
  }

  base::ScratchFolder folder_{"model-file-test"};
};

TEST_F(model_file, other_formats_are_named) {
  EXPECT_THAT(refusal(""), HasSubstr("model.onnx: no ONNX model: the file is empty"));
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
              HasSubstr("run `git lfs pull`"));
  EXPECT_THAT(refusal("\n<!DOCTYPE html><html>"), HasSubstr("HTML"));
  EXPECT_THAT(refusal("RIFF\x24\x7d\x01\x01WAVEfmt "), HasSubstr("this is a RIFF file (wav"));
  EXPECT_THAT(refusal("GGUF\x03\x01\x01\x01"), HasSubstr("this is a GGUF file"));
  EXPECT_THAT(refusal("PK\x03\x04\x14\x01"), HasSubstr("this is a zip archive"));
  EXPECT_THAT(refusal("\x18\x01\x01\x01ORTM\x01\x01"), HasSubstr("in the ORT format"));
  EXPECT_THAT(refusal("\x7f"
                      "ELF\x02\x01"),
              HasSubstr("shared library"));
  EXPECT_THAT(refusal(std::string("\x02\0\0\0\0\0\0\0{}", 10)), HasSubstr("this is a safetensors file"));
  EXPECT_THAT(refusal("import torch\n"), HasSubstr("this is text ('import torch?')"));
  EXPECT_THAT(refusal("../../../models/x.onnx"), HasSubstr("symbolic link that was checked out as text"));
}

TEST_F(model_file, the_shared_malformed_files_are_named) {
  const auto pointer = shared_file("malformed/lfs_pointer_bertsquad-12.onnx");
  if (!fs::exists(pointer)) GTEST_SKIP() << "needs the shared test files: " << pointer;
  EXPECT_THAT(message_of([&] { inspect(pointer); }), HasSubstr("git lfs pull"));
  EXPECT_THAT(message_of([] { inspect(shared_file("malformed/symlink_text_model.onnx")); }),
              HasSubstr("checked out as text"));
}

/// A model with every kind of part that is looked into.
onnx::ModelProto model_of_all_parts() {
  auto model = onnx::small_model();
  auto* graph = model.mutable_graph();
  onnx::add_value(graph->add_input(), "ids", 7, {"batch", "seq"});
  onnx::add_initializer(graph, "table", 10, {5, 2});
  onnx::add_initializer(graph, "positions", 7, {1, 4});
  onnx::add_initializer(graph, "start", 7, {1});
  onnx::add_initializer(graph, "axis", 7, {1})->set_raw_data(std::string("\1\0\0\0\0\0\0\0", 8));
  graph->add_initializer()->set_name("typed");
  auto* typed = graph->mutable_initializer(graph->initializer_size() - 1);
  typed->set_data_type(1);
  typed->add_dims(2);
  typed->add_float_data(1);
  typed->add_float_data(2);
  onnx::add_node(graph, "Cast", {"ids"}, "cast");
  onnx::add_node(graph, "Gather", {"table", "cast"}, "rows");
  onnx::add_node(graph, "Shape", {"ids"}, "length");
  onnx::add_node(graph, "Slice", {"positions", "start", "length", "axis"}, "cut");
  auto* branch = onnx::add_node(graph, "If", {"x"}, "chosen")->add_attribute();
  branch->set_name("then_branch");
  onnx::add_node(branch->mutable_g(), "Relu", {"x"}, "inner");
  onnx::add_value(branch->mutable_g()->add_output(), "inner", 1, {"?"});
  auto* constant = onnx::add_node(graph, "Constant", {}, "c")->add_attribute();
  constant->set_name("value");
  constant->mutable_t()->set_data_type(22);
  constant->mutable_t()->add_dims(3);
  constant->mutable_t()->set_raw_data("ab");
  auto* function = model.add_functions();
  function->set_name("f");
  function->set_domain("own");
  function->add_input("a");
  function->add_node()->add_input("a");
  return model;
}

TEST_F(model_file, a_model_of_all_parts_is_read) {
  const auto file = onnx::write_model(folder_.path() / "m.onnx", model_of_all_parts());
  EXPECT_EQ(inspect(file).max_sequence_length, 4);
}

// Seeded mutations: read or refused, never anything else.
TEST_F(model_file, mutated_bytes_are_read_or_refused) {
  const std::string whole = model_of_all_parts().SerializeAsString();
  base::Random random(7, "mutations");
  int read = 0;
  constexpr int kRounds = 3000;
  for (int round = 0; round < kRounds; ++round) {
    std::string bytes = whole;
    for (std::uint64_t change = 0; change <= random.below(3); ++change) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    if (random.below(8) == 0) bytes.resize(1 + random.below(bytes.size()));
    const auto file = write_bytes(folder_.path() / "mutant.onnx", bytes);
    try {
      inspect(file);
      ++read;
    } catch (const base::UserError&) {
    }
  }
  EXPECT_GT(read, 100);
  EXPECT_LT(read, kRounds - 100);
}

}  // namespace
}  // namespace inferometer::builder
