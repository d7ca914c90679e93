#include "models/onnx_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "models/external_data.h"
#include "models/onnx_samples.h"
#include "models/onnx_summary.h"
#include "models/wire_scan.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

fs::path shared_file(const std::string& name) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  return fs::path(source == nullptr ? "." : source) / ".." / "shared" / "data" / name;
}

class onnx_reader : public ::testing::Test {
 protected:
  std::string refusal(const std::string& bytes) {
    const auto file = write_bytes(folder_.path() / "model.onnx", bytes);
    return message_of([&] { read_onnx(file); });
  }
  std::string refusal(const onnx::ModelProto& model) { return refusal(model.SerializeAsString()); }

  base::ScratchFolder folder_{"onnx-reader-test"};
};

TEST_F(onnx_reader, a_small_model_is_read) {
  const auto file = write_model(folder_.path() / "m.onnx", small_model());
  const auto model = read_onnx(file);
  EXPECT_EQ(model.proto.graph().node(0).op_type(), "MatMul");
  EXPECT_EQ(model.size_bytes, static_cast<std::int64_t>(fs::file_size(file)));
  EXPECT_TRUE(model.external_files.empty());
}

TEST_F(onnx_reader, real_files_survive_reading_and_writing_byte_for_byte) {
  for (const std::string name :
       {"vision/mnist.onnx", "text/tiny_sst2/model.onnx", "text/DERIVED_tiny_sentiment_small.onnx"}) {
    const auto file = shared_file(name);
    if (!fs::exists(file)) GTEST_SKIP() << "needs the shared test files: " << file;
    EXPECT_EQ(read_onnx(file).proto.SerializeAsString(), base::read_file(file, 100'000'000)) << name;
  }
}

TEST_F(onnx_reader, fields_we_do_not_name_survive_byte_for_byte) {
  const std::string bytes = small_model().SerializeAsString() +
                            std::string("\xa2\x06\x05hello", 8) +  // field 100, five bytes
                            std::string("\xa8\x06\x96\x01", 4);    // field 101, the number 150
  const auto file = write_bytes(folder_.path() / "m.onnx", bytes);
  EXPECT_EQ(read_onnx(file).proto.SerializeAsString(), bytes);
}

TEST_F(onnx_reader, other_formats_are_named) {
  EXPECT_THAT(refusal(""), HasSubstr("model.onnx: no ONNX model: the file is empty"));
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
              HasSubstr("run `git lfs pull`"));
  EXPECT_THAT(refusal("\n<!DOCTYPE html><html>"), HasSubstr("HTML"));
  EXPECT_THAT(refusal("RIFF\x24\x7d\x01\x01WAVEfmt "), HasSubstr("this is a RIFF file (wav"));
  EXPECT_THAT(refusal("GGUF\x03\x01\x01\x01"), HasSubstr("this is a GGUF file"));
  EXPECT_THAT(refusal("PK\x03\x04\x14\x01"), HasSubstr("this is a zip archive"));
  EXPECT_THAT(refusal("\x18\x01\x01\x01TFL3\x01\x01"), HasSubstr("this is a TFLite file"));
  EXPECT_THAT(refusal("\x18\x01\x01\x01ORTM\x01\x01"), HasSubstr("in the ORT format"));
  EXPECT_THAT(refusal("\x7f"
                      "ELF\x02\x01"),
              HasSubstr("shared library"));
  EXPECT_THAT(refusal(std::string("\x02\0\0\0\0\0\0\0{}", 10)), HasSubstr("this is a safetensors file"));
  EXPECT_THAT(refusal("import torch\n"), HasSubstr("this is text ('import torch?')"));
  EXPECT_THAT(refusal("../../../models/x.onnx"), HasSubstr("symbolic link that was checked out as text"));
}

TEST_F(onnx_reader, the_shared_malformed_files_are_named) {
  const auto pointer = shared_file("malformed/lfs_pointer_bertsquad-12.onnx");
  if (!fs::exists(pointer)) GTEST_SKIP() << "needs the shared test files: " << pointer;
  EXPECT_THAT(message_of([&] { read_onnx(pointer); }), HasSubstr("git lfs pull"));
  EXPECT_THAT(message_of([] { read_onnx(shared_file("malformed/model_invoking_error.tflite")); }),
              HasSubstr("this is a TFLite file"));
  EXPECT_THAT(message_of([] { read_onnx(shared_file("malformed/symlink_text_model.onnx")); }),
              HasSubstr("checked out as text"));
}

TEST_F(onnx_reader, what_is_no_regular_file_is_refused_without_blocking) {
  EXPECT_THAT(message_of([&] { read_onnx(folder_.path() / "none.onnx"); }), HasSubstr("No such file"));
  EXPECT_THAT(message_of([&] { read_onnx(folder_.path()); }), HasSubstr("is not a regular file"));
  const auto fifo = folder_.path() / "fifo.onnx";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(message_of([&] { read_onnx(fifo); }), HasSubstr("is not a regular file"));
  EXPECT_THAT(message_of([] { read_onnx("/dev/zero"); }), HasSubstr("is not a regular file"));
}

TEST_F(onnx_reader, a_cut_file_is_told_with_its_byte) {
  const std::string whole = small_model().SerializeAsString();
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const auto message = refusal(whole.substr(0, length));
    EXPECT_THAT(message, StartsWith((folder_.path() / "model.onnx").string() + ": ")) << length;
  }
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 8)), AllOf(HasSubstr(": byte "), HasSubstr("are left")));
}

TEST_F(onnx_reader, broken_wire_format_is_told_with_its_byte) {
  EXPECT_THAT(refusal(std::string(1, '\x08') + std::string(11, '\xff')),
              HasSubstr("byte 1: a number of more than 10 bytes"));
  EXPECT_THAT(refusal(std::string("\x08\x08\x3a\xff\xff\xff\x7f\x01", 8)), HasSubstr("field 7 says it has"));
  EXPECT_THAT(refusal(std::string("\x08\x08\x0b\x01", 4)),
              HasSubstr("byte 2: no field of a message begins here"));
}

TEST_F(onnx_reader, a_sparse_file_over_two_gigabytes_is_refused_at_once) {
  const auto file = write_model(folder_.path() / "m.onnx", small_model());
  fs::resize_file(file, std::uint64_t{1} << 40);
  EXPECT_THAT(message_of([&] { read_onnx(file); }),
              AllOf(HasSubstr("1099511627776 bytes"), HasSubstr("external data")));
}

TEST_F(onnx_reader, deeply_nested_graphs_are_refused) {
  onnx::GraphProto graph;
  graph.set_name("innermost");
  for (int depth = 0; depth < 200; ++depth) {
    onnx::GraphProto outer;
    auto* node = add_node(&outer, "If", {}, "");
    node->clear_output();
    auto* attribute = node->add_attribute();
    attribute->set_name("then_branch");
    *attribute->mutable_g() = std::move(graph);
    graph = std::move(outer);
  }
  auto model = small_model();
  *model.mutable_graph() = std::move(graph);
  EXPECT_THAT(refusal(model), HasSubstr("more than 30 deep"));
}

TEST_F(onnx_reader, versions_and_types_that_do_not_exist_are_refused) {
  auto model = small_model();
  model.set_ir_version(0);
  EXPECT_THAT(refusal(model), HasSubstr("ir_version is 0 (1 to 50 are allowed)"));
  model = small_model();
  model.mutable_opset_import(0)->set_version(9999);
  EXPECT_THAT(refusal(model), HasSubstr("is 9999 (1 to 200 are allowed)"));
  model = small_model();
  model.mutable_graph()->mutable_initializer(0)->set_data_type(999);
  EXPECT_THAT(refusal(model), HasSubstr("tensor 'w': element type 999 does not exist"));
  model = small_model();
  model.clear_opset_import();
  EXPECT_THAT(refusal(model), HasSubstr("names no opset"));
  model = small_model();
  model.clear_graph();
  EXPECT_THAT(refusal(model), HasSubstr("holds no graph"));
}

TEST_F(onnx_reader, shapes_that_disagree_with_their_bytes_are_refused) {
  auto model = small_model();
  auto* tensor = model.mutable_graph()->mutable_initializer(0);
  tensor->set_dims(0, 4);
  EXPECT_THAT(refusal(model), HasSubstr("holds 24 raw bytes, its shape of 8 float32 needs 32"));
  tensor->set_dims(0, -5);
  EXPECT_THAT(refusal(model), HasSubstr("a dimension is -5"));
  tensor->set_dims(0, std::int64_t{1} << 62);
  EXPECT_THAT(refusal(model), HasSubstr("product of its dimensions is over 2^63"));
  tensor->set_dims(0, std::int64_t{1} << 61);
  EXPECT_THAT(refusal(model), HasSubstr("more than 2^61 bytes"));
  tensor->set_dims(0, 3);
  tensor->clear_raw_data();
  tensor->add_float_data(1);
  EXPECT_THAT(refusal(model), HasSubstr("holds 1 entries, its shape needs 6"));
}

TEST_F(onnx_reader, undefined_repeated_and_cyclic_values_are_refused) {
  auto model = small_model();
  model.mutable_graph()->mutable_node(0)->set_input(0, "nowhere");
  EXPECT_THAT(refusal(model), HasSubstr("reads 'nowhere', which nothing makes"));
  model = small_model();
  add_node(model.mutable_graph(), "Relu", {"x"}, "y");
  EXPECT_THAT(refusal(model), HasSubstr("'y' is made twice"));
  model = small_model();
  model.mutable_graph()->mutable_output(0)->set_name("z");
  EXPECT_THAT(refusal(model), HasSubstr("output 'z' is made by no node"));
  model = small_model();
  add_node(model.mutable_graph(), "Add", {"x", "b"}, "a");
  add_node(model.mutable_graph(), "Relu", {"a"}, "b");
  EXPECT_THAT(refusal(model), HasSubstr("the graph has a cycle"));
}

TEST_F(onnx_reader, a_function_that_calls_itself_is_refused) {
  auto model = small_model();
  auto* function = model.add_functions();
  function->set_name("f");
  function->set_domain("own");
  function->add_input("a");
  auto* node = function->add_node();
  node->set_op_type("f");
  node->set_domain("own");
  node->add_input("a");
  node->add_output("b");
  EXPECT_THAT(refusal(model), HasSubstr("function 'f' calls itself"));
}

TEST_F(onnx_reader, operators_that_need_a_library_or_a_device_are_refused) {
  auto model = small_model();
  model.mutable_graph()->mutable_node(0)->set_domain("evil.corp");
  EXPECT_THAT(refusal(model), HasSubstr("needs a custom-operator library"));
  model = small_model();
  model.mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
  model.mutable_graph()->mutable_node(0)->set_op_type("EPContext");
  EXPECT_THAT(refusal(model), HasSubstr("is an EPContext"));
}

/// A model with every kind of part that is looked into.
onnx::ModelProto model_of_all_parts() {
  auto model = small_model();
  auto* graph = model.mutable_graph();
  add_value(graph->add_input(), "ids", 7, {"batch", "seq"});
  add_initializer(graph, "table", 10, {5, 2}, 20);
  add_initializer(graph, "positions", 7, {1, 4}, 32);
  add_initializer(graph, "start", 7, {1}, 8);
  add_initializer(graph, "axis", 7, {1}, 8)->set_raw_data(std::string("\1\0\0\0\0\0\0\0", 8));
  graph->add_initializer()->set_name("typed");
  auto* typed = graph->mutable_initializer(graph->initializer_size() - 1);
  typed->set_data_type(1);
  typed->add_dims(2);
  typed->add_float_data(1);
  typed->add_float_data(2);
  add_node(graph, "Cast", {"ids"}, "cast");
  add_node(graph, "Gather", {"table", "cast"}, "rows");
  add_node(graph, "Shape", {"ids"}, "length");
  add_node(graph, "Slice", {"positions", "start", "length", "axis"}, "cut");
  auto* branch = add_node(graph, "If", {"x"}, "chosen")->add_attribute();
  branch->set_name("then_branch");
  add_node(branch->mutable_g(), "Relu", {"x"}, "inner");
  add_value(branch->mutable_g()->add_output(), "inner", 1, {"?"});
  auto* constant = add_node(graph, "Constant", {}, "c")->add_attribute();
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

TEST_F(onnx_reader, a_model_of_all_parts_is_read) {
  const auto file = write_model(folder_.path() / "m.onnx", model_of_all_parts());
  EXPECT_EQ(summarise(read_onnx(file).proto, file).max_sequence_length, 4);
}

// Seeded mutations: read or refused, never anything else.
TEST_F(onnx_reader, mutated_bytes_are_read_or_refused) {
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
      summarise(read_onnx(file).proto, file);
      ++read;
    } catch (const base::UserError&) {
    }
  }
  EXPECT_GT(read, 100);
  EXPECT_LT(read, kRounds - 100);
}

}  // namespace
}  // namespace inferometer::models
