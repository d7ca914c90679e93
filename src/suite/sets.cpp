#include "suite/sets.h"

#include "base/error.h"
#include "base/text.h"

namespace inferometer::suite {
namespace {

/// The configurations that people compare for a BERT, under the names that they know (docs/sets.md).
const std::vector<Member> kBert = {
    {"tensorflow_baseline", "tensorflow,variant=saved_model/float32"},
    {"tflite_int8", "litert,variant=tflite/int8"},
    {"tflite_float16", "litert,variant=tflite/float16"},
    {"tflite_dynamic_range", "litert,variant=tflite/int8-dynamic"},
    {"onnx_default", "onnxruntime,variant=onnx/float32,graph_optimization=basic"},
    {"onnx_optimized", "onnxruntime,variant=onnx/float32,graph_optimization=all"},
};

}  // namespace

const std::vector<Member>& members_of(const std::string& set) {
  if (set == "bert") return kBert;
  const std::vector<std::string> known = {"bert"};
  throw base::UserError("--set: " + base::unknown_word("set", set, known));
}

}  // namespace inferometer::suite
