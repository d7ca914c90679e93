// Small SavedModels for tests, made byte by byte: a graph of constants, without variables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inferometer::formats {

class SampleSavedModel {
 public:
  /// Numbers of TensorFlow's DataType.
  enum Type : int { Float32 = 1, Int32 = 3, Uint8 = 4, String = 7, Int64 = 9, Resource = 20 };
  using Dimensions = std::vector<std::int64_t>;  ///< -1: open

  SampleSavedModel& placeholder(const std::string& name, Type type, const Dimensions& shape) {
    return node(name, "Placeholder", {},
                attribute("dtype", type_value(type)) + attribute("shape", message(7, shape_of(shape))));
  }
  template <typename T>
  SampleSavedModel& constant(const std::string& name, Type type, const Dimensions& shape,
                             std::span<const T> values) {
    const std::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    const auto tensor = number(1, type) + message(2, shape_of(shape)) + message(4, bytes);
    return node(name, "Const", {},
                attribute("dtype", type_value(type)) + attribute("value", message(8, tensor)));
  }
  /// An operation whose type attributes (`types`) all are given.
  SampleSavedModel& operation(const std::string& name, const std::string& op,
                              const std::vector<std::string>& inputs,
                              const std::vector<std::pair<std::string, Type>>& types) {
    std::string attributes;
    for (const auto& [attribute_name, type] : types)
      attributes += attribute(attribute_name, type_value(type));
    return node(name, op, inputs, attributes);
  }

  struct Port {
    std::string name;
    std::string tensor;
    Type type = Float32;
    Dimensions shape;
  };
  SampleSavedModel& signature(const std::string& key, const std::vector<Port>& inputs,
                              const std::vector<Port>& outputs) {
    std::string bytes;
    for (const auto& port : inputs) bytes += message(1, entry(port));
    for (const auto& port : outputs) bytes += message(2, entry(port));
    signatures_ += message(5, message(1, key) + message(2, bytes + message(3, "tensorflow/serving/predict")));
    return *this;
  }

  std::string bytes(std::string_view tag = "serve") const {
    const auto graph = nodes_ + message(4, number(1, 1087));
    return number(1, 1) + message(2, message(1, message(4, tag)) + message(2, graph) + signatures_);
  }
  /// Returns `folder`, which is made.
  std::filesystem::path write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "saved_model.pb", std::ios::binary) << bytes();
    return folder;
  }

 private:
  static std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    return bytes + static_cast<char>(value);
  }
  static std::string number(unsigned field, std::int64_t value) {
    return varint(field << 3) + varint(static_cast<std::uint64_t>(value));
  }
  static std::string message(unsigned field, std::string_view content) {
    return varint(field << 3 | 2) + varint(content.size()) + std::string(content);
  }
  static std::string type_value(Type type) { return number(6, type); }
  static std::string attribute(std::string_view name, const std::string& value) {
    return message(5, message(1, name) + message(2, value));
  }
  static std::string shape_of(const Dimensions& shape) {
    std::string bytes;
    for (const std::int64_t size : shape) bytes += message(2, number(1, size));
    return bytes;
  }
  static std::string entry(const Port& port) {
    return message(1, port.name) +
           message(2, message(1, port.tensor) + number(2, port.type) + message(3, shape_of(port.shape)));
  }
  SampleSavedModel& node(const std::string& name, const std::string& op,
                         const std::vector<std::string>& inputs, const std::string& attributes) {
    std::string bytes = message(1, name) + message(2, op);
    for (const auto& input : inputs) bytes += message(3, input);
    nodes_ += message(1, bytes + attributes);
    return *this;
  }

  std::string nodes_;
  std::string signatures_;
};

/// y [-1, 3] = x [-1, 4] W + b [3]; the names of the graph differ from those of the signature.
inline SampleSavedModel linear_saved_model(std::span<const float> weights) {
  SampleSavedModel model;
  model.placeholder("serving_default_x", SampleSavedModel::Float32, {-1, 4})
      .placeholder("serving_default_b", SampleSavedModel::Float32, {3})
      .constant("W", SampleSavedModel::Float32, {4, 3}, weights)
      .operation("product", "MatMul", {"serving_default_x", "W"}, {{"T", SampleSavedModel::Float32}})
      .operation("sum", "AddV2", {"product", "serving_default_b"}, {{"T", SampleSavedModel::Float32}})
      .signature("serving_default",
                 {{"x", "serving_default_x:0", SampleSavedModel::Float32, {-1, 4}},
                  {"b", "serving_default_b:0", SampleSavedModel::Float32, {3}}},
                 {{"y", "sum:0", SampleSavedModel::Float32, {-1, 3}}});
  return model;
}

}  // namespace inferometer::formats
