// Small TFLite files for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/flatbuffer_fixture.h"

namespace inferometer::formats {

/// A model of one graph. Numbers of types and operators are those of the TFLite schema.
class SampleTflite {
 public:
  enum Type : std::int8_t { Float32 = 0, Float16 = 1, Int32 = 2, Uint8 = 3, Int64 = 4, String = 5, Int8 = 9 };
  enum Operator : std::int8_t {
    Add = 0,
    Dequantize = 6,
    FullyConnected = 9,
    Custom = 32,
    Gather = 36,
    Cast = 53,
    Quantize = 114
  };

  struct Tensor {
    std::string name;
    Type type = Float32;
    std::vector<std::int32_t> shape;  ///< -1: open
    std::string weights = {};         ///< of a constant
    float scale = 0;                  ///< > 0: quantized, with zero point `zero`
    std::int64_t zero = 0;
  };

  /// Returns its place.
  std::int32_t tensor(const Tensor& tensor) {
    std::uint32_t place = 0;
    if (!tensor.weights.empty()) {
      place = static_cast<std::uint32_t>(buffers_.size());
      const std::vector<char> bytes(tensor.weights.begin(), tensor.weights.end());
      buffers_.push_back(Flat::table({{0, Flat::numbers(bytes)}}));
    }
    auto shape = tensor.shape;
    std::replace(shape.begin(), shape.end(), -1,
                 1);  // what the format wants there; field 7 says what is open
    std::map<int, Flat> fields = {{0, Flat::numbers(shape)},
                                  {1, Flat::number(tensor.type)},
                                  {2, Flat::number(place)},
                                  {3, Flat::text(tensor.name)}};
    if (shape != tensor.shape) fields.emplace(7, Flat::numbers(tensor.shape));
    if (tensor.scale > 0) {
      fields.emplace(4, Flat::table({{2, Flat::numbers(std::vector{tensor.scale})},
                                     {3, Flat::numbers(std::vector{tensor.zero})}}));
    }
    tensors_.push_back(Flat::table(std::move(fields)));
    return static_cast<std::int32_t>(tensors_.size()) - 1;
  }

  SampleTflite& operation(Operator code, const std::vector<std::int32_t>& inputs, std::int32_t output) {
    const auto place = static_cast<std::uint32_t>(codes_.size());
    std::map<int, Flat> fields = {{0, Flat::number(static_cast<std::int8_t>(code))},
                                  {2, Flat::number(std::int32_t{1})},
                                  {3, Flat::number(std::int32_t{code})}};
    if (code == Custom) fields.emplace(1, Flat::text("NoSuchOperation"));
    codes_.push_back(Flat::table(std::move(fields)));
    operations_.push_back(Flat::table(
        {{0, Flat::number(place)}, {1, Flat::numbers(inputs)}, {2, Flat::numbers(std::vector{output})}}));
    return *this;
  }

  SampleTflite& ends(std::vector<std::int32_t> inputs, std::vector<std::int32_t> outputs) {
    inputs_ = std::move(inputs);
    outputs_ = std::move(outputs);
    return *this;
  }

  /// Names for the inputs and outputs of `ends`.
  SampleTflite& signature(const std::string& key, const std::vector<std::string>& inputs,
                          const std::vector<std::string>& outputs) {
    signatures_.push_back(
        Flat::table({{0, ports(inputs, inputs_)}, {1, ports(outputs, outputs_)}, {2, Flat::text(key)}}));
    return *this;
  }

  std::string bytes() const {
    const Flat graph = Flat::table({{0, Flat::tables(tensors_)},
                                    {1, Flat::numbers(inputs_)},
                                    {2, Flat::numbers(outputs_)},
                                    {3, Flat::tables(operations_)}});
    std::map<int, Flat> model = {{0, Flat::number(std::uint32_t{3})},
                                 {1, Flat::tables(codes_)},
                                 {2, Flat::tables({graph})},
                                 {4, Flat::tables(buffers_)}};
    if (!signatures_.empty()) model.emplace(7, Flat::tables(signatures_));
    return Flat::table(std::move(model)).file("TFL3");
  }

 private:
  static Flat ports(const std::vector<std::string>& names, const std::vector<std::int32_t>& places) {
    std::vector<Flat> tables;
    for (std::size_t i = 0; i < names.size(); ++i) {
      tables.push_back(Flat::table(
          {{0, Flat::text(names[i])}, {1, Flat::number(static_cast<std::uint32_t>(places.at(i)))}}));
    }
    return Flat::tables(std::move(tables));
  }

  std::vector<Flat> buffers_ = {Flat::table({})};
  std::vector<Flat> tensors_;
  std::vector<Flat> codes_;
  std::vector<Flat> operations_;
  std::vector<Flat> signatures_;
  std::vector<std::int32_t> inputs_;
  std::vector<std::int32_t> outputs_;
};

/// The bytes of numbers, for `Tensor::weights`.
template <typename T>
std::string raw(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// y [batch, 3] = x [batch, 4] W + b [3], with a signature. `batch` -1: open.
inline SampleTflite linear_tflite(std::span<const float> weights_of_columns, std::int32_t batch) {
  SampleTflite model;
  const auto x = model.tensor({"t0", SampleTflite::Float32, {batch, 4}});
  const auto b = model.tensor({"t1", SampleTflite::Float32, {3}});
  const auto w = model.tensor({"t2", SampleTflite::Float32, {3, 4}, raw(weights_of_columns)});
  const auto product = model.tensor({"t3", SampleTflite::Float32, {batch, 3}});
  const auto y = model.tensor({"t4", SampleTflite::Float32, {batch, 3}});
  model.operation(SampleTflite::FullyConnected, {x, w, -1}, product)
      .operation(SampleTflite::Add, {product, b}, y)
      .ends({x, b}, {y})
      .signature("serving_default", {"x", "b"}, {"y"});
  return model;
}

}  // namespace inferometer::formats
