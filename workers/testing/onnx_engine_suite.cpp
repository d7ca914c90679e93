#include "testing/onnx_engine_suite.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <cstdlib>

#include "base/error.h"
#include "tensors/half.h"

namespace inferometer::worker {
namespace {

namespace fs = std::filesystem;
using tensors::DType;
using tensors::Shape;
using tensors::Tensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kFloat = 1;
constexpr int kInt64 = 7;

/// 1, 2, 3, ... as elements of `type`; of bool, 1, 0, 1, ...
Tensor counting(const std::string& name, DType type, const Shape& shape) {
  Tensor tensor(name, type, shape);
  for (std::size_t i = 0; i < static_cast<std::size_t>(tensor.elements()); ++i) {
    const auto number = static_cast<float>(i + 1);
    switch (type) {
      case DType::Float16:
        tensor.values<std::uint16_t>()[i] = tensors::float_to_float16(number);
        break;
      case DType::BFloat16:
        tensor.values<std::uint16_t>()[i] = tensors::float_to_bfloat16(number);
        break;
      case DType::Float32:
        tensor.values<float>()[i] = number;
        break;
      case DType::Float64:
        tensor.values<double>()[i] = number;
        break;
      default:
        tensor.bytes()[i * tensors::element_bytes(type)] =
            std::byte(type == DType::Bool ? (i + 1) % 2 : i + 1);
    }
  }
  return tensor;
}

std::vector<float> values_of(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_F(OnnxEngine, every_element_type_goes_in_and_comes_out_as_it_is) {
  for (const DType type :
       {DType::Bool, DType::Uint8, DType::Int8, DType::Uint16, DType::Int16, DType::Float16, DType::BFloat16,
        DType::Uint32, DType::Int32, DType::Float32, DType::Uint64, DType::Int64, DType::Float64}) {
    SCOPED_TRACE(tensors::to_text(type));
    const int onnx = onnx_type(type);
    const auto reply =
        load(TestModel().input("x", onnx, {-1, 3}).node("Transpose", {"x"}, "y").output("y", onnx, {3, -1}));
    EXPECT_EQ(reply.parts.at(0).inputs.at(0).dtype, tensors::to_text(type));
    EXPECT_THAT(reply.parts.at(0).inputs.at(0).shape, ElementsAre(-1, 3));

    const auto outputs = outputs_of(list(counting("x", type, {2, 3})));
    ASSERT_EQ(outputs.size(), 1u);
    EXPECT_EQ(outputs[0].name(), "y");
    EXPECT_EQ(outputs[0].type(), type);
    EXPECT_EQ(outputs[0].shape(), (Shape{3, 2}));
    const auto sent = counting("x", type, {2, 3}).to_doubles();
    EXPECT_THAT(outputs[0].to_doubles(), ElementsAre(sent[0], sent[3], sent[1], sent[4], sent[2], sent[5]));
    engine_->release();
  }
}

TEST_F(OnnxEngine, load_and_compile_are_announced_in_this_order) {
  load(TestModel().input("x", kFloat, {2}).node("Relu", {"x"}, "y").output("y", kFloat, {2}));
  EXPECT_THAT(phases_, ElementsAre("load", "compile"));
}

TEST_F(OnnxEngine, inputs_find_their_place_by_name) {
  load(TestModel()
           .input("z", kFloat, {2})
           .input("a", kFloat, {2})
           .node("Sub", {"z", "a"}, "y")
           .output("y", kFloat, {2}));
  const auto outputs = outputs_of(list(floats("z", {2}, {5, 7}), floats("a", {2}, {1, 2})));
  EXPECT_THAT(values_of(outputs.at(0)), ElementsAre(4, 5));
}

TEST_F(OnnxEngine, sets_of_other_shapes_and_values_take_turns) {
  load(TestModel().input("x", kFloat, {-1, 2}).node("Relu", {"x"}, "y").output("y", kFloat, {-1, 2}));
  engine_->bind(0, 3, list(floats("x", {1, 2}, {-1, 2})));
  engine_->bind(0, 8, list(floats("x", {2, 2}, {1, -2, 3, 4})));
  for (int turn = 0; turn < 3; ++turn) {
    engine_->select(0, 3);
    engine_->run();
    EXPECT_THAT(values_of(engine_->outputs().at(0)), ElementsAre(0, 2));
    engine_->select(0, 8);
    engine_->run();
    EXPECT_EQ(engine_->outputs().at(0).shape(), (Shape{2, 2}));
    EXPECT_THAT(values_of(engine_->outputs().at(0)), ElementsAre(1, 0, 3, 4));
  }
}

TEST_F(OnnxEngine, a_set_bound_again_holds_the_new_values) {
  load(TestModel().input("x", kFloat, {-1}).node("Relu", {"x"}, "y").output("y", kFloat, {-1}));
  outputs_of(list(floats("x", {2}, {1, 2})));
  EXPECT_THAT(values_of(outputs_of(list(floats("x", {3}, {4, 5, 6}))).at(0)), ElementsAre(4, 5, 6));
}

TEST_F(OnnxEngine, output_shapes_may_depend_on_the_values) {
  load(TestModel().input("x", kFloat, {-1}).node("NonZero", {"x"}, "y").output("y", kInt64, {1, -1}));
  EXPECT_EQ(outputs_of(list(floats("x", {4}, {1, 0, 2, 0}))).at(0).shape(), (Shape{1, 2}));
  EXPECT_EQ(outputs_of(list(floats("x", {4}, {1, 3, 2, 0}))).at(0).shape(), (Shape{1, 3}));
  EXPECT_EQ(outputs_of(list(floats("x", {4}, {0, 0, 0, 0}))).at(0).shape(), (Shape{1, 0}));
}

TEST_F(OnnxEngine, output_shapes_may_change_from_run_to_run) {
  load(TestModel()
           .input("x", kFloat, {-1})
           .node("RandomUniformLike", {"x"}, "random")
           .node("Round", {"random"}, "coins")
           .node("NonZero", {"coins"}, "heads")
           .output("heads", kInt64, {1, -1}));
  constexpr int kRuns = 20;  // that all shapes agree by chance is a matter of 10^-30
  const auto outputs = outputs_of(list(Tensor("x", DType::Float32, {1000})), kRuns);
  EXPECT_GT(outputs.at(0).shape().at(1), 300);
  EXPECT_LT(outputs.at(0).shape().at(1), 700);
}

TEST_F(OnnxEngine, scalars_empty_tensors_and_no_input_at_all_are_inputs_too) {
  load(TestModel()
           .input("x", kFloat, {-1})
           .input("s", kFloat, {})
           .node("Add", {"x", "s"}, "y")
           .output("y", kFloat, {-1}));
  EXPECT_THAT(values_of(outputs_of(list(floats("x", {2}, {1, 2}), floats("s", {}, {10}))).at(0)),
              ElementsAre(11, 12));
  EXPECT_EQ(outputs_of(list(floats("x", {0}, {}), floats("s", {}, {10}))).at(0).shape(), (Shape{0}));
  engine_->release();

  load(TestModel().node("Constant", {}, "y").attribute("value_int", 7).output("y", kInt64, {}));
  EXPECT_EQ(outputs_of({}).at(0).values<std::int64_t>()[0], 7);
}

TEST_F(OnnxEngine, names_of_outputs_are_those_of_the_file_behind_a_node_that_does_nothing) {
  const auto reply = load(TestModel()
                              .input("x", kFloat, {2})
                              .node("Relu", {"x"}, "a_hidden")
                              .node("Identity", {"a_hidden"}, "logits")
                              .node("Identity", {"a_hidden"}, "again")
                              .node("Identity", {"x"}, "copy")
                              .output("logits", kFloat, {2})
                              .output("again", kFloat, {2})
                              .output("copy", kFloat, {2}));
  EXPECT_EQ(reply.parts.at(0).inputs.at(0).name, "x");
  const auto outputs = outputs_of(list(floats("x", {2}, {-1, 1})));
  ASSERT_EQ(outputs.size(), 3u);
  EXPECT_EQ(outputs[0].name(), "logits");
  EXPECT_EQ(outputs[1].name(), "again");
  EXPECT_EQ(outputs[2].name(), "copy");
  EXPECT_THAT(values_of(outputs[1]), ElementsAre(0, 1));
  EXPECT_THAT(values_of(outputs[2]), ElementsAre(-1, 1));
}

TEST_F(OnnxEngine, weights_beside_the_model_are_read) {
  const std::vector<float> weights = {1, 2, 3, 4};
  base::write_file_atomically(folder() / "weights.bin", {reinterpret_cast<const char*>(weights.data()),
                                                         weights.size() * sizeof(float)});
  load(TestModel()
           .external_constant("w", {2, 2}, "weights.bin")
           .input("x", kFloat, {-1, 2})
           .node("MatMul", {"x", "w"}, "y")
           .output("y", kFloat, {-1, 2}));
  EXPECT_THAT(values_of(outputs_of(list(floats("x", {1, 2}, {1, 10}))).at(0)), ElementsAre(31, 42));
}

TEST_F(OnnxEngine, weights_that_are_not_there_are_named) {
  const auto file = written(TestModel()
                                .external_constant("w", {2, 2}, "missing.bin")
                                .input("x", kFloat, {1, 2})
                                .node("MatMul", {"x", "w"}, "y")
                                .output("y", kFloat, {1, 2}));
  const auto refusal = refusal_of(request(file));
  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->reason, HasSubstr("missing.bin"));
}

TEST_F(OnnxEngine, tensors_of_strings_are_unsupported_by_name) {
  const auto in = refusal_of(request(written(TestModel()
                                                 .input("words", kOnnxString, {-1})
                                                 .node("Identity", {"words"}, "y")
                                                 .output("y", kOnnxString, {-1}))));
  ASSERT_TRUE(in);
  EXPECT_TRUE(in->unsupported);
  EXPECT_THAT(in->reason, HasSubstr("input 'words' is a tensor of strings"));
  const auto out = refusal_of(request(written(TestModel()
                                                  .input("x", kFloat, {-1})
                                                  .node("Cast", {"x"}, "text")
                                                  .attribute("to", kOnnxString)
                                                  .output("text", kOnnxString, {-1}))));
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->unsupported);
  EXPECT_THAT(out->reason, HasSubstr("output 'text' is a tensor of strings"));
}

TEST_F(OnnxEngine, an_operation_that_it_does_not_know_is_named) {
  const auto refusal = refusal_of(request(written(
      TestModel().input("x", kFloat, {2}).node("NoSuchOperation", {"x"}, "y").output("y", kFloat, {2}))));
  ASSERT_TRUE(refusal);
  EXPECT_THAT(refusal->reason, HasSubstr("NoSuchOperation"));
}

TEST_F(OnnxEngine, a_file_that_is_no_model_is_refused_in_one_line_and_the_next_one_works) {
  const TestModel good =
      TestModel().input("x", kFloat, {2}).node("Relu", {"x"}, "y").output("y", kFloat, {2});
  const std::string bytes = good.bytes();
  for (const std::string& content : {std::string(), std::string("<html><body>404</body></html>\n"),
                                     bytes.substr(0, bytes.size() / 2), std::string(1000, '\xff')}) {
    const auto file = folder() / "broken.onnx";
    base::write_file_atomically(file, content);
    const auto refusal = refusal_of(request(file));
    ASSERT_TRUE(refusal) << content;
    EXPECT_FALSE(refusal->unsupported) << refusal->reason;
    EXPECT_THAT(refusal->reason, ::testing::Not(HasSubstr("\n")));
  }
  EXPECT_THAT(refusal_of(request(folder() / "absent.onnx"))->reason, HasSubstr("absent.onnx"));
  load(good);
  EXPECT_THAT(values_of(outputs_of(list(floats("x", {2}, {-1, 1}))).at(0)), ElementsAre(0, 1));
}

TEST_F(OnnxEngine, a_released_engine_takes_another_model) {
  load(TestModel().input("x", kFloat, {2}).node("Relu", {"x"}, "y").output("y", kFloat, {2}));
  outputs_of(list(floats("x", {2}, {-1, 1})));
  engine_->release();
  load(TestModel().input("q", kFloat, {1}).node("Neg", {"q"}, "r").output("r", kFloat, {1}));
  EXPECT_THAT(values_of(outputs_of(list(floats("q", {1}, {3}))).at(0)), ElementsAre(-3));
}

namespace {

fs::path shared_file(const std::string& name) {
  const char* const source = std::getenv("INFEROMETER_TEST_SOURCE");
  return fs::path(source == nullptr ? "." : source) / "../shared/data" / name;
}

std::vector<unsigned char> unzipped(const fs::path& file, std::size_t skip, std::size_t count) {
  std::vector<unsigned char> bytes(skip + count);
  const gzFile opened = gzopen(file.c_str(), "rb");
  const int read = gzread(opened, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(opened);
  INFEROMETER_CHECK(read == static_cast<int>(bytes.size()), file.string());
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(skip));
  return bytes;
}

}  // namespace

TEST_F(OnnxEngine, reads_handwritten_digits) {
  const fs::path model = shared_file("vision/mnist.onnx");
  if (!fs::exists(model)) GTEST_SKIP() << "needs " << model;
  constexpr std::size_t kDigits = 200;
  constexpr std::size_t kPixels = 28 * 28;
  const auto pixels = unzipped(shared_file("vision/t10k-images-idx3-ubyte.gz"), 16, kDigits * kPixels);
  const auto labels = unzipped(shared_file("vision/t10k-labels-idx1-ubyte.gz"), 8, kDigits);
  load(request(model));
  std::size_t right = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(i * kPixels);
    const auto outputs = outputs_of(list(floats("Input3", {1, 1, 28, 28}, {begin, begin + kPixels})), 1);
    const auto scores = values_of(outputs.at(0));
    right += std::max_element(scores.begin(), scores.end()) - scores.begin() == labels[i];
  }
  EXPECT_EQ(right, 199u);  // as the Python package of ONNX Runtime 1.32.0 reads them
}

TEST_F(OnnxEngine, a_transformer_gives_the_scores_of_the_reference) {
  const fs::path model = shared_file("text/tiny_sst2/model.onnx");
  if (!fs::exists(model)) GTEST_SKIP() << "needs " << model;
  load(request(model));
  const auto outputs = outputs_of(list(
      tensor_of<std::int64_t>("input_ids", DType::Int64, {1, 12}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
      tensor_of<std::int64_t>("attention_mask", DType::Int64, {1, 12}, std::vector<std::int64_t>(12, 1))));
  const auto scores = values_of(outputs.at(0));
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_NEAR(scores[0], 0.7419117, 1e-4);  // by the Python package of ONNX Runtime 1.32.0
  EXPECT_NEAR(scores[1], -0.4794526, 1e-4);
}

}  // namespace inferometer::worker
