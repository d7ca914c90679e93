#include "tests/workers/test_models.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/json.h"
#include "formats/saved_model_fixture.h"
#include "formats/tflite_fixture.h"

namespace inferometer::tests {
namespace {

using tensors::DType;
using tensors::Shape;
using tensors::Tensor;

// ---- ONNX, byte by byte: a suite for workers must not lean on the reader that it might have to acquit
// -------

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }
std::string message(unsigned field, std::string_view content) {
  return varint(field << 3 | 2) + varint(content.size()) + std::string(content);
}

constexpr std::uint64_t kOnnxFloat = 1;
constexpr std::uint64_t kOnnxInt64 = 7;

/// A named tensor type; a dimension of -1 is symbolic.
std::string value(std::string_view name, std::uint64_t element_type, const Shape& shape) {
  std::string dimensions;
  for (const std::int64_t size : shape) {
    const bool dynamic = size < 0;
    dimensions += message(1, dynamic ? message(2, "d" + std::to_string(dimensions.size()))
                                     : number(1, static_cast<std::uint64_t>(size)));
  }
  const std::string tensor_type = number(1, element_type) + message(2, dimensions);
  return message(1, name) + message(2, message(1, tensor_type));
}

std::string weights(std::string_view name, const Shape& shape, std::span<const float> values) {
  std::string bytes;
  for (const std::int64_t size : shape) bytes += number(1, static_cast<std::uint64_t>(size));
  const std::string_view raw(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes + number(2, kOnnxFloat) + message(8, name) + message(9, raw);
}

std::string node(std::string_view type, const std::vector<std::string>& inputs, std::string_view output) {
  std::string bytes;
  for (const auto& input : inputs) bytes += message(1, input);
  return bytes + message(2, output) + message(4, type);
}

std::string onnx_file(std::string_view graph) {
  const std::string operator_set = message(1, "") + number(2, 13);
  return number(1, 8) + message(7, graph) + message(8, operator_set);
}

// ---- the models ------------------------------------------------------------------------------------------

/// Different in every set, small enough to be exact in any precision of eight bits.
Tensor counted(std::string name, Shape shape, int set) {
  Tensor tensor(std::move(name), DType::Float32, std::move(shape));
  int next = set + 1;
  for (float& element : tensor.values<float>()) element = static_cast<float>(next++ % 13);
  return tensor;
}

TestModel null_model() {
  TestModel model;
  model.name = "null";
  model.format = "null";
  model.bytes = R"({"format":"null"})";
  model.inputs = [](int set, std::int64_t batch) {
    std::vector<Tensor> inputs;
    inputs.push_back(counted("x", {batch, 8}, set));
    return inputs;
  };
  model.expected = [](const std::vector<Tensor>& inputs) {
    std::vector<float> y;
    for (const float x : inputs[0].values<float>()) y.push_back(2 * x + 1);
    return y;
  };
  return model;
}

constexpr std::array<float, 12> kLinearWeights = {1, 0, 2, 0, 1, 1, 3, 0, 0, 1, 1, 0};

/// y = x W + b with two inputs, x [batch, 4] and b [3].
TestModel linear_model() {
  TestModel model;
  model.name = "linear";
  model.format = "onnx";
  model.bytes =
      onnx_file(message(1, node("MatMul", {"x", "W"}, "xW")) + message(1, node("Add", {"xW", "b"}, "y")) +
                message(2, "linear") + message(5, weights("W", {4, 3}, kLinearWeights)) +
                message(11, value("x", kOnnxFloat, {-1, 4})) + message(11, value("b", kOnnxFloat, {3})) +
                message(12, value("y", kOnnxFloat, {-1, 3})));
  model.inputs = [](int set, std::int64_t batch) {
    std::vector<Tensor> inputs;
    inputs.push_back(counted("x", {batch, 4}, set));
    inputs.push_back(counted("b", {3}, 2 * set));
    return inputs;
  };
  model.expected = [](const std::vector<Tensor>& inputs) {
    const auto x = inputs[0].values<float>();
    const auto b = inputs[1].values<float>();
    std::vector<float> y;
    for (std::size_t row = 0; row < x.size() / 4; ++row) {
      for (std::size_t column = 0; column < 3; ++column) {
        float sum = b[column];
        for (std::size_t i = 0; i < 4; ++i) sum += x[4 * row + i] * kLinearWeights[3 * i + column];
        y.push_back(sum);
      }
    }
    return y;
  };
  return model;
}

constexpr std::array<float, 10> kTable = {1, -1, 2, -2, 3, -3, 4, -4, 5, -5};

template <typename Id>
std::vector<float> rows_of(std::span<const Id> ids) {
  std::vector<float> y;
  for (const Id id : ids) {
    y.push_back(kTable[static_cast<std::size_t>(2 * id)]);
    y.push_back(kTable[static_cast<std::size_t>(2 * id + 1)]);
  }
  return y;
}

/// A table of five rows that int64 ids [batch, length] look up: y [batch, length, 2].
TestModel lookup_model() {
  TestModel model;
  model.name = "lookup";
  model.format = "onnx";
  model.bytes = onnx_file(message(1, node("Gather", {"table", "ids"}, "y")) + message(2, "lookup") +
                          message(5, weights("table", {5, 2}, kTable)) +
                          message(11, value("ids", kOnnxInt64, {-1, -1})) +
                          message(12, value("y", kOnnxFloat, {-1, -1, 2})));
  model.inputs = [](int set, std::int64_t batch) {
    std::vector<Tensor> inputs;
    inputs.emplace_back("ids", DType::Int64, Shape{batch, 3});
    std::int64_t next = set;
    for (std::int64_t& id : inputs[0].values<std::int64_t>()) id = next++ % 5;
    return inputs;
  };
  model.expected = [](const std::vector<Tensor>& inputs) {
    return rows_of(inputs[0].values<std::int64_t>());
  };
  return model;
}

/// y = x W + b as above, but for the format of one batch size; or of an open one, which is compiled for one.
TestModel linear_tflite_model(const std::string& name, std::int32_t batch) {
  // By output, as the operator takes them.
  std::array<float, 12> weights{};
  const auto linear = linear_model();
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t column = 0; column < 3; ++column)
      weights[4 * column + i] = kLinearWeights[3 * i + column];
  }
  TestModel model;
  model.name = name;
  model.format = "tflite";
  model.bytes = formats::linear_tflite(weights, batch).bytes();
  model.inputs = linear.inputs;
  model.expected = linear.expected;
  return model;
}

/// The table of five rows as above, for int32 ids [2, 3].
TestModel lookup_tflite_model() {
  using formats::SampleTflite;
  SampleTflite sample;
  const auto ids = sample.tensor({"ids", SampleTflite::Int32, {2, 3}});
  const auto table = sample.tensor({"table", SampleTflite::Float32, {5, 2}, formats::raw<float>(kTable)});
  const auto y = sample.tensor({"y", SampleTflite::Float32, {2, 3, 2}});
  TestModel model;
  model.name = "lookup";
  model.format = "tflite";
  model.bytes = sample.operation(SampleTflite::Gather, {table, ids}, y).ends({ids}, {y}).bytes();
  model.inputs = [](int set, std::int64_t batch) {
    std::vector<Tensor> inputs;
    inputs.emplace_back("ids", DType::Int32, Shape{batch, 3});
    std::int32_t next = set;
    for (std::int32_t& id : inputs[0].values<std::int32_t>()) id = next++ % 5;
    return inputs;
  };
  model.expected = [](const std::vector<Tensor>& inputs) {
    return rows_of(inputs[0].values<std::int32_t>());
  };
  return model;
}

TestModel linear_saved_model() {
  TestModel model = linear_model();
  model.format = "saved_model";
  model.file_in_folder = "saved_model.pb";
  model.bytes = formats::linear_saved_model(kLinearWeights).bytes();
  return model;
}

TestModel lookup_saved_model() {
  using Sample = formats::SampleSavedModel;
  constexpr std::array<std::int32_t, 1> kFirst = {0};
  Sample sample;
  sample.placeholder("words", Sample::Int64, {-1, -1})
      .constant<float>("table", Sample::Float32, {5, 2}, kTable)
      .constant<std::int32_t>("axis", Sample::Int32, {}, kFirst)
      .operation("rows", "GatherV2", {"table", "words", "axis"},
                 {{"Tparams", Sample::Float32}, {"Tindices", Sample::Int64}, {"Taxis", Sample::Int32}})
      .signature("lookup", {{"ids", "words:0", Sample::Int64, {-1, -1}}},
                 {{"y", "rows:0", Sample::Float32, {-1, -1, 2}}});
  TestModel model = lookup_model();
  model.format = "saved_model";
  model.file_in_folder = "saved_model.pb";
  model.bytes = sample.bytes();
  return model;
}

/// A safetensors file of float32 tensors, by name.
std::string safetensors_of(const std::map<std::string, std::pair<Shape, std::vector<float>>>& weights) {
  base::Json header = base::Json::object();
  std::string data;
  for (const auto& [name, weight] : weights) {
    const auto& [shape, values] = weight;
    const auto begin = data.size();
    data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    header[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, data.size()}}};
  }
  const std::string text = base::to_line(header);
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + text + data;
}

constexpr std::array<float, 24> kSigns = {1,  1, -1, -1, 1,  -1, 1,  -1, 1,  -1, -1, 1,
                                          -1, 1, 1,  -1, -1, 1,  -1, 1,  -1, -1, 1,  1};

/// One of six rows of mean 0 and variance 1, which the normalisation that follows the table leaves as they
/// are. 16 wide: the vectors of the machine are full then, and what is left over is not rounded in another
/// way.
std::vector<float> normal_row(std::int64_t id) {
  std::vector<float> row;
  for (std::int64_t i = 0; i < 16; ++i) row.push_back(kSigns[static_cast<std::size_t>(4 * id + i % 4)]);
  return row;
}

/// A DistilBERT without layers: what is left of it is its table of six words.
TestModel lookup_checkpoint() {
  TestModel model;
  model.name = "lookup";
  model.format = "torch";
  model.file_in_folder = "model.safetensors";
  model.other_files["config.json"] =
      R"({"model_type": "distilbert", "architectures": ["DistilBertModel"], "vocab_size": 6, "dim": 16,
          "n_layers": 0, "n_heads": 1, "hidden_dim": 16, "max_position_embeddings": 8,
          "sinusoidal_pos_embds": false})";
  std::vector<float> table;
  for (std::int64_t id = 0; id < 6; ++id) {
    const auto row = normal_row(id);
    table.insert(table.end(), row.begin(), row.end());
  }
  model.bytes = safetensors_of({{"embeddings.word_embeddings.weight", {{6, 16}, table}},
                                {"embeddings.position_embeddings.weight", {{8, 16}, std::vector<float>(128)}},
                                {"embeddings.LayerNorm.weight", {{16}, std::vector<float>(16, 1)}},
                                {"embeddings.LayerNorm.bias", {{16}, std::vector<float>(16)}}});
  model.inputs = [](int set, std::int64_t batch) {
    std::vector<Tensor> inputs;
    inputs.emplace_back("input_ids", DType::Int64, Shape{batch, 3});
    std::int64_t next = set;
    for (std::int64_t& id : inputs[0].values<std::int64_t>()) id = next++ % 6;
    inputs.emplace_back("attention_mask", DType::Int64, Shape{batch, 3});
    for (std::int64_t& seen : inputs[1].values<std::int64_t>()) seen = 1;
    return inputs;
  };
  model.expected = [](const std::vector<Tensor>& inputs) {
    std::vector<float> y;
    for (const std::int64_t id : inputs[0].values<std::int64_t>()) {
      const auto row = normal_row(id);
      y.insert(y.end(), row.begin(), row.end());
    }
    return y;
  };
  return model;
}

}  // namespace

std::vector<TestModel> models_of(const std::string& format) {
  std::vector<TestModel> models = {null_model(),
                                   linear_model(),
                                   lookup_model(),
                                   linear_tflite_model("linear", 2),
                                   linear_tflite_model("linear_open", -1),
                                   lookup_tflite_model(),
                                   linear_saved_model(),
                                   lookup_saved_model(),
                                   lookup_checkpoint()};
  std::erase_if(models, [&](const TestModel& model) { return model.format != format; });
  return models;
}

}  // namespace inferometer::tests
