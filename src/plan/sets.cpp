#include "plan/sets.h"

#include "base/field_error.h"
#include "base/text.h"

namespace inferometer::plan {
namespace {

struct Set {
  const char* name;
  std::vector<Member> members;
};

/// The names of members are those that people know (docs/sets.md).
const std::vector<Set>& sets() {
  static const std::vector<Set> all = {
      // What people compare for a BERT.
      {"bert",
       {{"tensorflow_baseline", "tensorflow,variant=saved_model/float32"},
        {"tflite_int8", "litert,variant=tflite/int8"},
        {"tflite_float16", "litert,variant=tflite/float16"},
        {"tflite_dynamic_range", "litert,variant=tflite/int8-dynamic"},
        {"onnx_default", "onnxruntime,variant=onnx/float32,graph_optimization=basic"},
        {"onnx_optimized", "onnxruntime,variant=onnx/float32,graph_optimization=all"}}},
      // One model in float32 on every engine that there is a file for.
      {"engines",
       {{"tensorflow", "tensorflow,variant=saved_model/float32"},
        {"tflite", "litert,variant=tflite/float32"},
        {"onnx", "onnxruntime,variant=onnx/float32"},
        {"openvino", "openvino,variant=onnx/float32"}}},
  };
  return all;
}

}  // namespace

std::vector<std::string> known_sets() {
  std::vector<std::string> names;
  for (const auto& set : sets()) names.emplace_back(set.name);
  return names;
}

const std::vector<Member>& members_of(const std::string& set) {
  for (const auto& known : sets()) {
    if (set == known.name) return known.members;
  }
  throw base::FieldError("set", base::unknown_word("set", set, known_sets()));
}

}  // namespace inferometer::plan
