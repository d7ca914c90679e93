// A float32 ONNX model in int8: weights ahead of time, activations while it runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "quantize/decision.h"
#include "quantize/graph_writer.h"
#include "quantize/recipe.h"
#include "quantize/smoothing.h"

namespace inferometer::quantize {

/// Refuses a model that cannot be quantized. Throws base::UserError: it is quantized already, its opset is
/// older than 11, or nothing in it is for `recipe`.
void check_can_be_quantized(const Source& source, const Recipe& recipe);

/// One output of a probe.
struct Probe {
  std::string activation;  ///< whose maxima are wanted
  std::string output;      ///< float32 [channels]: the largest absolute value of each channel
};
/// What `recipe` wants to know of the activations of a model; empty: nothing.
std::vector<Probe> probes_of(const Source& source, const Recipe& recipe);
/// Writes a float model.onnx into `folder` that has those outputs and no others.
void write_probe_model(const Source& source, const Recipe& recipe, const std::filesystem::path& folder);

/// Writes the int8 model.onnx and its weights into `folder`. `maxima` are those that probes_of names. Throws
/// as check_can_be_quantized, and for maxima that are missing.
std::vector<Decision> quantize(const Source& source, const Recipe& recipe, const Maxima& maxima,
                               const std::filesystem::path& folder);

}  // namespace inferometer::quantize
