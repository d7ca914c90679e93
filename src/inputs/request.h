// Which input values a workload wants: eight seeded sets, or the user's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "results/model_info.h"

namespace inferometer::inputs {

constexpr int kSets = 8;

/// What becomes of the bytes 0 to 255 of a picture: normalized with means and deviations of ImageNet; -1 to
/// 1; 0 to 1; as they are; blue, green, red less their means in ImageNet. toolchains/inputs/README.md has the
/// formulas.
inline constexpr std::array kImageScalings = {"imagenet", "symmetric", "unit", "raw", "caffe"};

struct Request {
  results::ModelInfo model;
  std::int64_t batch_size = 1;
  std::int64_t sequence_length = 0;  ///< 0: the model's default (128, or less if the model's limit is)
  std::map<std::string, std::int64_t> dims;  ///< --dim NAME=N
  std::map<std::string, std::string> files;  ///< --input NAME=FILE (npy, npz, safetensors); NAME may be empty
                                             ///< for an npz or safetensors that names its tensors
  std::string texts;                         ///< --texts FILE, one text a line; empty: none
  std::string tokenizer;                     ///< tokenizer.json beside the model, needed for texts
  std::string images;                        ///< --images FOLDER or FILE; empty: none
  std::string image_scaling;                 ///< one of kImageScalings; empty: as the input asks for it
  bool last_rows = false;                    ///< the last texts or images of those, not the first
  std::uint64_t seed = 0;
};

/// Those that values are wanted for.
inline const std::vector<results::ModelInput>& inputs_of(const Request& request) {
  return results::entry_part(request.model).inputs;
}
inline std::vector<results::ModelInput>& inputs_of(Request& request) {
  return results::entry_part(request.model).inputs;
}

}  // namespace inferometer::inputs
