// Which input of a model takes pictures, and what becomes of their bytes there.
#pragma once

#include <cstdint>
#include <string>

#include "inputs/request.h"
#include "inputs/shapes.h"

namespace inferometer::builder {

struct PictureInput {
  std::string name;
  std::string dtype;  ///< float32, uint8, int8
  std::int64_t batch_size = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  bool channels_first = false;  ///< [batch, 3, height, width], else [batch, height, width, 3]
  std::string scaling;          ///< one of inputs::kImageScalings
  double scale = 0;             ///< > 0: the scaled values are quantized with it
  std::int64_t zero_point = 0;
  std::string described;  ///< in reports: "values -1 to 1"
};

/// The one input that can hold pictures. Scaled as the request asks; else as the input is known to want it;
/// else float32 with channels first as ImageNet networks of PyTorch want it, with channels last -1 to 1;
/// uint8 takes the bytes as they are, and int8 what its scale and zero point can hold (README.md of the
/// toolchain). Throws base::UserError: no such input, several, a scaling for bytes, int8 without a scale.
PictureInput picture_input(const inputs::Request& request, const inputs::Shapes& shapes);

/// "ids int64 [1, 128], mask int64 [1, 128]", for messages.
std::string describe_inputs(const inputs::Request& request, const inputs::Shapes& shapes);

}  // namespace inferometer::builder
