#include "models/variants.h"

#include <algorithm>
#include <array>

namespace inferometer::models {
namespace {

using Kind = Reference::Kind;
using Variant = results::AvailableVariant;

constexpr double kGB = 1e9;
constexpr double kStartSeconds = 5;

constexpr Conversion kTextToSavedModel = {.variant = kSavedModel,
                                          .recipe = "text-saved_model 1",
                                          .script = "text_to_saved_model.py",
                                          .product = "saved_model",
                                          .base_bytes = 1.0 * kGB,
                                          .bytes_a_byte = 3.6,
                                          .seconds_a_gigabyte = 25};
constexpr Conversion kApplicationToSavedModel = {.variant = kSavedModel,
                                                 .recipe = "application-saved_model 1",
                                                 .script = "application_to_saved_model.py",
                                                 .product = "saved_model",
                                                 .base_bytes = 1.3 * kGB,
                                                 .bytes_a_byte = 5.5,
                                                 .seconds_a_gigabyte = 25};
constexpr Conversion kToOnnx = {.variant = "onnx/float32",
                                .recipe = "tf2onnx-float32 1",
                                .script = "saved_model_to_onnx.py",
                                .product = "model.onnx",
                                .of_saved_model = true,
                                .base_bytes = 0.8 * kGB,
                                .bytes_a_byte = 80,
                                .seconds_a_gigabyte = 200};

constexpr Conversion to_tflite(const char* variant, const char* recipe, const char* precision) {
  return {.variant = variant,
          .recipe = recipe,
          .script = "saved_model_to_tflite.py",
          .precision = precision,
          .product = "model.tflite",
          .of_saved_model = true,
          .base_bytes = 1.0 * kGB,
          .bytes_a_byte = 7,
          .seconds_a_gigabyte = 25};
}
constexpr Conversion to_int8() {
  auto conversion = to_tflite("tflite/int8", "tflite-int8 1", "int8");
  conversion.wants_samples = true;
  conversion.bytes_a_byte = 12;
  conversion.seconds_a_gigabyte = 90;
  return conversion;
}
constexpr std::array kToTflite = {to_tflite("tflite/float32", "tflite-float32 1", "float32"),
                                  to_tflite("tflite/float16", "tflite-float16 1", "float16"),
                                  to_tflite("tflite/int8-dynamic", "tflite-int8-dynamic 1", "int8-dynamic"),
                                  to_int8()};

bool is_text(Kind kind) { return kind == Kind::Checkpoint || kind == Kind::Synthetic; }

Variant variant_by(const Conversion& conversion) {
  const std::string name = conversion.variant;
  return {name, name.substr(0, name.find('/')), true, conversion.wants_samples, kToolchain};
}

}  // namespace

const Conversion* conversion_to(Kind kind, const std::string& variant) {
  if (!is_text(kind) && kind != Kind::Application) return nullptr;
  if (variant == kSavedModel) return is_text(kind) ? &kTextToSavedModel : &kApplicationToSavedModel;
  // Checkpoints become ONNX without a toolchain.
  if (variant == kToOnnx.variant) return is_text(kind) ? nullptr : &kToOnnx;
  const auto found = std::find_if(kToTflite.begin(), kToTflite.end(),
                                  [&](const Conversion& one) { return variant == one.variant; });
  return found == kToTflite.end() ? nullptr : &*found;
}

std::int64_t peak_bytes(const Conversion& conversion, std::int64_t weights_bytes) {
  return static_cast<std::int64_t>(conversion.base_bytes +
                                   conversion.bytes_a_byte * static_cast<double>(weights_bytes));
}

double expected_seconds(const Conversion& conversion, std::int64_t weights_bytes) {
  return kStartSeconds + conversion.seconds_a_gigabyte * static_cast<double>(weights_bytes) / kGB;
}

std::vector<Variant> variants_of(const Reference& reference, const results::ModelSummary& summary) {
  std::vector<Variant> variants;
  if (conversion_to(reference.kind, summary.variant) == nullptr)
    variants.push_back({summary.variant, summary.format, false, false, ""});
  for (const auto* name : {kSavedModel, kToOnnx.variant})
    if (const auto* conversion = conversion_to(reference.kind, name))
      variants.push_back(variant_by(*conversion));
  for (const auto& conversion : kToTflite)
    if (conversion_to(reference.kind, conversion.variant) != nullptr)
      variants.push_back(variant_by(conversion));
  return variants;
}

}  // namespace inferometer::models
