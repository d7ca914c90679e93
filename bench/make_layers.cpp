// Writes an ONNX model of N equal MatMul-Relu layers with seeded random weights: work of known size, so that
// N and N + N / 50 differ by 2 % of real work. usage: make_layers LAYERS WIDTH FOLDER
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/random.h"
#include "onnx/graph_builder.h"
#include "onnx/types.h"

namespace {

using namespace inferometer;

constexpr std::int64_t kOpset = 17;
constexpr std::int64_t kRows = 32;

void make_layers(int layers, std::int64_t width, const std::filesystem::path& folder) {
  onnx::GraphBuilder builder("layers", kOpset);
  auto value = builder.input("x", onnx::kFloat32, {{kRows, ""}, {width, ""}});
  for (int layer = 0; layer < layers; ++layer) {
    const auto weight = builder.weight(fmt::format("weight_{}", layer), {width, width});
    const auto product = builder.node("MatMul", fmt::format("product_{}", layer), {value, weight});
    value = builder.node("Relu", layer + 1 == layers ? "y" : fmt::format("layer_{}", layer), {product});
  }
  builder.output("y", onnx::kFloat32, {{kRows, ""}, {width, ""}});
  std::filesystem::create_directories(folder);
  onnx::write_model(builder.finish(), folder, [width](const std::string& name) {
    tensors::Tensor weight(name, tensors::DType::Float32, {width, width});
    base::Random random(1, name);
    // He et al. 2015: this spread keeps values alive through any number of Relu layers.
    const double spread = std::sqrt(2.0 / static_cast<double>(width));
    for (auto& element : weight.values<float>()) element = static_cast<float>(spread * random.normal());
    return weight;
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: make_layers LAYERS WIDTH FOLDER\n", stderr);
    return base::kExitUsage;
  }
  make_layers(std::atoi(argv[1]), std::atoll(argv[2]), argv[3]);
  return base::kExitOk;
}
