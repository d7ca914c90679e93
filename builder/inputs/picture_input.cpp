#include "builder/inputs/picture_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "tensors/tensor.h"

namespace inferometer::builder {
namespace {

using results::ModelInput;

constexpr std::int64_t kChannels = 3;

/// In a form that pictures are read into, with open dimensions bound.
bool holds_pictures(const ModelInput& input, const std::vector<std::int64_t>& shape) {
  const bool typed = input.dtype == "float32" || input.dtype == "uint8" || input.dtype == "int8";
  return input.meaning == results::Meaning::Pixels && typed && shape.size() == 4 &&
         (shape[1] == kChannels || shape[3] == kChannels);
}

const ModelInput& find_input(const inputs::Request& request, const inputs::Shapes& shapes) {
  const ModelInput* found = nullptr;
  for (const auto& input : inputs_of(request)) {
    if (!holds_pictures(input, shapes.at(input.name))) continue;
    if (found != nullptr) {
      throw base::UserError(
          fmt::format("--images {}: both '{}' and '{}' can hold pictures: give them by --input "
                      "NAME=FILE.npy",
                      request.images, found->name, input.name));
    }
    found = &input;
  }
  if (found == nullptr) {
    throw base::UserError(
        fmt::format("--images {}: the model has no input float32, uint8 or int8 [batch, 3, height, width] or "
                    "[batch, height, width, 3] (inputs: {})",
                    request.images, describe_inputs(request, shapes)));
  }
  return *found;
}

/// What follows from the real numbers that an int8 input holds: networks that want 0 to 1 or 0 to 255
/// have no room for negative ones.
std::string scaling_by_range(const ModelInput& input, const std::string& with_negative_values) {
  const double lowest = input.scale * static_cast<double>(-128 - input.zero_point);
  const double highest = input.scale * static_cast<double>(127 - input.zero_point);
  if (lowest < -0.5) return with_negative_values;
  return highest > 2 ? "raw" : "unit";
}

std::string choose_scaling(const inputs::Request& request, const ModelInput& input, bool channels_first) {
  const auto place = fmt::format("--images {}: input '{}'", request.images, base::printable(input.name, 80));
  if (input.dtype == "uint8") {
    if (!request.image_scaling.empty() && request.image_scaling != "raw") {
      throw base::UserError(
          fmt::format("--image-scaling {}: input '{}' is uint8 and takes the bytes of pictures as they are: "
                      "leave the flag out",
                      request.image_scaling, base::printable(input.name, 80)));
    }
    return "raw";
  }
  if (input.dtype == "int8" && !(input.scale > 0)) {
    throw base::UserError(place +
                          " is int8 without a scale, so that no value of a pixel is known: give it by "
                          "--input NAME=FILE.npy");
  }
  if (!request.image_scaling.empty()) return request.image_scaling;
  if (!input.picture_scaling.empty()) return input.picture_scaling;
  const std::string usual = channels_first ? "imagenet" : "symmetric";
  return input.dtype == "int8" ? scaling_by_range(input, usual) : usual;
}

std::string describe(const std::string& scaling) {
  static const std::map<std::string, std::string> kSentences = {
      {"imagenet", "normalized as for ImageNet"},
      {"symmetric", "values -1 to 1"},
      {"unit", "values 0 to 1"},
      {"raw", "values 0 to 255"},
      {"caffe", "blue, green, red less their means in ImageNet"}};
  return kSentences.at(scaling);
}

}  // namespace

PictureInput picture_input(const inputs::Request& request, const inputs::Shapes& shapes) {
  const ModelInput& input = find_input(request, shapes);
  const auto& shape = shapes.at(input.name);
  PictureInput pictures;
  pictures.name = input.name;
  pictures.dtype = input.dtype;
  pictures.channels_first = shape[1] == kChannels;
  pictures.batch_size = shape[0];
  pictures.height = shape[pictures.channels_first ? 2 : 1];
  pictures.width = shape[pictures.channels_first ? 3 : 2];
  pictures.scaling = choose_scaling(request, input, pictures.channels_first);
  pictures.described = describe(pictures.scaling);
  if (input.dtype == "int8") {
    pictures.scale = input.scale;
    pictures.zero_point = input.zero_point;
    pictures.described += ", quantized";
  }
  return pictures;
}

std::string describe_inputs(const inputs::Request& request, const inputs::Shapes& shapes) {
  std::vector<std::string> all;
  for (const auto& input : inputs_of(request)) {
    all.push_back(fmt::format("{} {} {}", base::printable(input.name, 80), input.dtype,
                              tensors::to_text(shapes.at(input.name))));
  }
  return base::join(all, ", ");
}

}  // namespace inferometer::builder
