#include "builder/recipes/recipes.h"

#include <algorithm>
#include <array>

#include "builder/recipes/onnx_int8.h"

namespace inferometer::builder {
namespace {

using results::Variant;
using Route = std::vector<const Recipe*>;

constexpr double kGB = 1e9;
constexpr double kStartSeconds = 5;

constexpr const char* kTensorFlow = "tensorflow-toolchain";
const Variant kSavedModel = {"saved_model", "float32", ""};
const Variant kOnnx = {"onnx", "float32", ""};
constexpr BuildCost kQuantizing = {.base_bytes = 0.1 * kGB, .bytes_a_byte = 5, .seconds_a_gigabyte = 30};

Recipe to_tflite(const Variant& to, const std::string& name, const BuildCost& cost,
                 bool wants_samples = false) {
  return {.from = kSavedModel,
          .to = to,
          .name = name,
          .tool = kTensorFlow,
          .script = "saved_model_to_tflite.py",
          .parts = {{"model", "model.tflite"}},
          .wants_samples = wants_samples,
          .cost = cost};
}

/// A checkpoint as transformers reads it, for engines that quantize it themselves.
Recipe to_checkpoint(const Variant& to, const std::string& name, const std::string& quantize) {
  return {.from = {"text-encoder", "", ""},
          .to = to,
          .name = name,
          .parts = {{"model", "torch"}},
          .quantize = quantize,
          .any_shape = true,
          .cost = {.base_bytes = 0.1 * kGB, .bytes_a_byte = 1.2, .seconds_a_gigabyte = 5}};
}

std::vector<Recipe> all() {
  const BuildCost tflite = {.base_bytes = 1.0 * kGB, .bytes_a_byte = 7, .seconds_a_gigabyte = 25};
  const BuildCost tflite_int8 = {.base_bytes = 1.0 * kGB, .bytes_a_byte = 12, .seconds_a_gigabyte = 90};
  return {
      {.from = {"text-encoder", "", ""},
       .to = kSavedModel,
       .name = "text-saved_model 1",
       .tool = kTensorFlow,
       .script = "text_to_saved_model.py",
       .parts = {{"model", "saved_model"}},
       .cost = {.base_bytes = 1.0 * kGB, .bytes_a_byte = 3.6, .seconds_a_gigabyte = 25}},
      {.from = {"keras-application", "", ""},
       .to = kSavedModel,
       .name = "application-saved_model 1",
       .tool = kTensorFlow,
       .script = "application_to_saved_model.py",
       .parts = {{"model", "saved_model"}},
       .cost = {.base_bytes = 1.3 * kGB, .bytes_a_byte = 5.5, .seconds_a_gigabyte = 25}},
      {.from = kSavedModel,
       .to = kOnnx,
       .name = "tf2onnx-float32 1",
       .tool = kTensorFlow,
       .script = "saved_model_to_onnx.py",
       .parts = {{"model", "model.onnx"}},
       .cost = {.base_bytes = 0.8 * kGB, .bytes_a_byte = 80, .seconds_a_gigabyte = 200}},
      {.from = kOnnx,
       .to = {"onnx", "int8", ""},
       .name = "onnx-int8 1",
       .build = build_onnx_int8,
       .parts = {{"model", "model.onnx"}},
       .wants_samples = true,
       .runs_reference = true,
       .of_given = true,
       .cost = kQuantizing},
      {.from = kOnnx,
       .to = {"onnx", "int8", "seed"},
       .name = "onnx-int8-seed 1",
       .build = build_onnx_int8_seed,
       .parts = {{"model", "model.onnx"}},
       .of_given = true,
       .cost = kQuantizing},
      to_tflite({"tflite", "float32", ""}, "tflite-float32 1", tflite),
      to_tflite({"tflite", "float16", ""}, "tflite-float16 1", tflite),
      to_tflite({"tflite", "int8", "dynamic"}, "tflite-int8-dynamic 1", tflite),
      to_tflite({"tflite", "int8", ""}, "tflite-int8 1", tflite_int8, true),
      to_checkpoint({"torch", "float32", ""}, "torch-checkpoint 1", ""),
      to_checkpoint({"torch", "int8", "dynamic"}, "torch-int8-dynamic 1", "int8-dynamic"),
  };
}

/// Of the last step that needs one.
std::string tool_of(const Route& route) {
  std::string tool;
  for (const auto* recipe : route)
    if (!recipe->tool.empty()) tool = recipe->tool;
  return tool;
}

bool is_set(const Variant& variant) { return variant != Variant{}; }

}  // namespace

std::int64_t BuildCost::peak_bytes(std::int64_t weights_bytes) const {
  return static_cast<std::int64_t>(base_bytes + bytes_a_byte * static_cast<double>(weights_bytes));
}

double BuildCost::seconds(std::int64_t weights_bytes) const {
  return kStartSeconds + seconds_a_gigabyte * static_cast<double>(weights_bytes) / kGB;
}

std::span<const Recipe> recipes() {
  static const std::vector<Recipe> known = all();
  return known;
}

std::optional<Route> find_route(const Start& start, const Variant& to, std::span<const Recipe> known) {
  if (is_set(start.native) && start.native == to) return Route{};
  // Breadth first: the routes of one step more, until one of them ends at `to`.
  std::vector<Variant> reached = {start.kind, start.native};
  std::vector<Route> routes;
  const auto extend = [&](const Route& route, const Variant& end, bool given) {
    for (const auto& recipe : known) {
      const bool leads_on = is_set(end) && recipe.from == end && (!given || recipe.of_given);
      if (!leads_on || std::find(reached.begin(), reached.end(), recipe.to) != reached.end()) continue;
      reached.push_back(recipe.to);
      routes.push_back(route);
      routes.back().push_back(&recipe);
    }
  };
  extend({}, start.kind, false);
  extend({}, start.native, start.given);
  for (std::size_t next = 0; next < routes.size(); ++next) {
    if (routes[next].back()->to == to) return routes[next];
    const Route route = routes[next];  // `routes` grows
    extend(route, route.back()->to, false);
  }
  return std::nullopt;
}

std::vector<results::AvailableVariant> available_variants(const Start& start, std::int64_t parameters,
                                                          std::span<const Recipe> known) {
  std::vector<results::AvailableVariant> variants;
  const auto is_new = [&](const Variant& variant) {
    return std::none_of(variants.begin(), variants.end(),
                        [&](const auto& one) { return one.variant == variant; });
  };
  if (is_set(start.native)) variants.push_back({.variant = start.native});
  for (const auto& row : known) {
    const auto route = find_route(start, row.to, known);
    if (!route || !is_new(row.to)) continue;
    const auto& last = *route->back();
    const auto weights_bytes = results::float32_bytes(parameters);
    variants.push_back({.variant = last.to,
                        .fixed_shapes = route->front()->from == start.kind && !route->front()->any_shape,
                        .wants_samples = last.wants_samples,
                        .runs_reference = last.runs_reference,
                        .toolchain = tool_of(*route),
                        .built_from = route->size() > 1 ? last.from : Variant{},
                        .peak_bytes = last.cost.peak_bytes(weights_bytes),
                        .expected_seconds = last.cost.seconds(weights_bytes)});
  }
  return variants;
}

}  // namespace inferometer::builder
