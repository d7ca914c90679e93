#include "models/variants.h"

#include <algorithm>
#include <array>

namespace inferometer::models {
namespace {

using Kind = Reference::Kind;
using results::Variant;

constexpr double kGiB = 1024.0 * 1024 * 1024;
constexpr const char* kToTflite = "saved_model_to_tflite.py";
constexpr const char* kTflite = "model.tflite";

constexpr Conversion kTextToSavedModel = {
    kSavedModel, "text-saved_model 1", "text_to_saved_model.py", "", "saved_model", false, false, kGiB, 6};
constexpr Conversion kApplicationToSavedModel = {kSavedModel,
                                                 "application-saved_model 1",
                                                 "application_to_saved_model.py",
                                                 "",
                                                 "saved_model",
                                                 false,
                                                 false,
                                                 1.5 * kGiB,
                                                 6};
constexpr std::array kOfSavedModel = {
    Conversion{"tflite/float32", "tflite-float32 1", kToTflite, "float32", kTflite, false, true, kGiB, 12},
    Conversion{"tflite/float16", "tflite-float16 1", kToTflite, "float16", kTflite, false, true, kGiB, 12},
    Conversion{"tflite/int8-dynamic", "tflite-int8-dynamic 1", kToTflite, "int8-dynamic", kTflite, false,
               true, kGiB, 12},
    Conversion{"tflite/int8", "tflite-int8 1", kToTflite, "int8", kTflite, true, true, kGiB, 16},
};
constexpr Conversion kToOnnx = {"onnx/float32",
                                "tf2onnx-float32 1",
                                "saved_model_to_onnx.py",
                                "",
                                "model.onnx",
                                false,
                                true,
                                2 * kGiB,
                                80};

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
  const auto found = std::find_if(kOfSavedModel.begin(), kOfSavedModel.end(),
                                  [&](const Conversion& one) { return variant == one.variant; });
  return found == kOfSavedModel.end() ? nullptr : &*found;
}

std::int64_t peak_bytes(const Conversion& conversion, std::int64_t weights_bytes) {
  return static_cast<std::int64_t>(conversion.base_bytes +
                                   conversion.bytes_a_byte * static_cast<double>(weights_bytes));
}

std::vector<Variant> variants_of(const Reference& reference, const results::ModelSummary& summary) {
  std::vector<Variant> variants;
  if (conversion_to(reference.kind, summary.variant) == nullptr)
    variants.push_back({summary.variant, summary.format, false, false, ""});
  for (const auto* name : {kSavedModel, kToOnnx.variant})
    if (const auto* conversion = conversion_to(reference.kind, name))
      variants.push_back(variant_by(*conversion));
  for (const auto& conversion : kOfSavedModel)
    if (conversion_to(reference.kind, conversion.variant) != nullptr)
      variants.push_back(variant_by(conversion));
  return variants;
}

}  // namespace inferometer::models
