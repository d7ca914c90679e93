#include "onnx/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "base/test_fixture.h"
#include "onnx/external_data.h"
#include "onnx/model_fixture.h"
#include "onnx/wire_scan.h"

namespace inferometer::onnx {
namespace {

using base::message_of;
using base::write_bytes;
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
  std::string refusal(const ModelProto& model) { return refusal(model.SerializeAsString()); }

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

TEST_F(onnx_reader, what_is_no_regular_file_is_refused_without_blocking) {
  EXPECT_THAT(message_of([&] { read_onnx(folder_.path() / "none.onnx"); }), HasSubstr("No such file"));
  EXPECT_THAT(message_of([&] { read_onnx(folder_.path()); }), HasSubstr("is not a regular file"));
  const auto fifo = folder_.path() / "fifo.onnx";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(message_of([&] { read_onnx(fifo); }), HasSubstr("is not a regular file"));
  EXPECT_THAT(message_of([] { read_onnx("/dev/zero"); }), HasSubstr("is not a regular file"));
}

TEST_F(onnx_reader, a_cut_file_is_reported_with_its_byte) {
  const std::string whole = small_model().SerializeAsString();
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const auto message = refusal(whole.substr(0, length));
    EXPECT_THAT(message, StartsWith((folder_.path() / "model.onnx").string() + ": ")) << length;
  }
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 8)), AllOf(HasSubstr(": byte "), HasSubstr("are left")));
}

TEST_F(onnx_reader, broken_wire_format_is_reported_with_its_byte) {
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
  GraphProto graph;
  graph.set_name("innermost");
  for (int depth = 0; depth < 200; ++depth) {
    GraphProto outer;
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

}  // namespace
}  // namespace inferometer::onnx
