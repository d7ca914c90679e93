// An experiment of the set bert and its analysis, made by hand from those of test_experiment.h.
#pragma once

#include "analysis/analysis.h"
#include "results/experiment.h"

namespace inferometer::report {

/// One group: tensorflow_baseline, tflite_dynamic_range (faster), tflite_float16 (undecided), onnx_default
/// (crashed), tflite_int8 (wrong output), onnx_optimized (equivalent).
results::Experiment bert_experiment();
analysis::Analysis bert_analysis();

}  // namespace inferometer::report
