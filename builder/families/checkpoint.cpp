#include "builder/families/checkpoint.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "onnx/types.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWholeFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";

/// The end of the message for a folder without safetensors weights.
std::string what_is_there_instead(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".onnx")
      return "; to measure the ONNX file in it, give " + entry.path().string();
  }
  constexpr std::array kOtherWeights = {"pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5",
                                        "flax_model.msgpack"};
  for (const auto* other : kOtherWeights) {
    if (!fs::exists(folder / other)) continue;
    return "; " + std::string(other) +
           " is not read (such files can run code or need their framework): load the model with transformers "
           "and "
           "save it by model.save_pretrained(folder, safe_serialization=True)";
  }
  return "; download the whole model";
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

}  // namespace

CheckpointConfig::CheckpointConfig(const fs::path& folder) : file_(folder / "config.json") {
  json_ = base::parse_json(base::read_file(file_, kConfigLimitBytes), file_.string());
  if (!json_.is_object()) throw base::UserError(file_.string() + ": an object is needed at its top");
}

CheckpointConfig::CheckpointConfig(std::string source, base::Json json)
    : file_(std::move(source)), json_(std::move(json)) {}

void CheckpointConfig::refuse(const std::string& key, const std::string& allowed) const {
  const auto found = json_.contains(key) ? base::printable(base::to_line(json_.at(key)), 80) : "missing";
  throw base::UserError(file_.string() + ": '" + key + "' is " + found + " (" + allowed + ")");
}

bool CheckpointConfig::has(const std::string& key) const {
  return json_.contains(key) && !json_.at(key).is_null();
}

std::int64_t CheckpointConfig::count(const std::string& key, std::int64_t absent, std::int64_t most) const {
  return whole(key, absent, 1, most);
}

std::int64_t CheckpointConfig::index(const std::string& key, std::int64_t absent, std::int64_t most) const {
  return whole(key, absent, 0, most);
}

std::int64_t CheckpointConfig::whole(const std::string& key, std::int64_t absent, std::int64_t least,
                                     std::int64_t most) const {
  if (!has(key)) return absent;
  const auto& value = json_.at(key);
  const bool fits = value.is_number_integer() && value >= least && value <= most;
  if (!fits) {
    refuse(key,
           "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is allowed");
  }
  return value.get<std::int64_t>();
}

double CheckpointConfig::number(const std::string& key, double absent) const {
  if (!has(key)) return absent;
  if (!json_.at(key).is_number()) refuse(key, "a number is allowed");
  return json_.at(key).get<double>();
}

bool CheckpointConfig::flag(const std::string& key) const {
  if (!has(key)) return false;
  if (!json_.at(key).is_boolean()) refuse(key, "true or false is allowed");
  return json_.at(key).get<bool>();
}

std::string CheckpointConfig::text(const std::string& key, const std::string& absent) const {
  if (!has(key)) return absent;
  if (!json_.at(key).is_string()) refuse(key, "a text is allowed");
  return json_.at(key).get<std::string>();
}

std::vector<std::string> CheckpointConfig::texts(const std::string& key) const {
  std::vector<std::string> texts;
  if (!has(key)) return texts;
  if (!json_.at(key).is_array()) refuse(key, "a list of texts is allowed");
  for (const auto& entry : json_.at(key)) {
    if (!entry.is_string()) refuse(key, "a list of texts is allowed");
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

std::int64_t CheckpointConfig::entries(const std::string& key) const {
  if (!has(key)) return 0;
  if (!json_.at(key).is_object()) refuse(key, "an object is allowed");
  return static_cast<std::int64_t>(json_.at(key).size());
}

CheckpointWeights::CheckpointWeights(fs::path folder,
                                     const std::function<std::string(const std::string&)>& canonical)
    : folder_(std::move(folder)) {
  if (fs::exists(folder_ / kWholeFile)) {
    add_file(kWholeFile, canonical);
  } else if (fs::exists(folder_ / kIndexFile)) {
    add_shards(canonical);
  } else {
    throw base::UserError(folder_.string() + ": holds no weights: " + kWholeFile + " or " + kIndexFile +
                          " is needed" + what_is_there_instead(folder_));
  }
}

void CheckpointWeights::add_file(const std::string& name,
                                 const std::function<std::string(const std::string&)>& canonical) {
  files_.push_back(name);
  opened_.emplace_back(folder_ / name);
  for (const auto& [stored_name, stored] : opened_.back().entries()) {
    const auto [place, added] =
        tensors_.emplace(canonical(stored_name), Place{opened_.size() - 1, stored_name});
    if (!added) {
      throw base::UserError((folder_ / name).string() + ": tensor " + base::in_quotes(stored_name) +
                            " is also there as " + base::in_quotes(place->second.stored_name) +
                            ": one of them is allowed");
    }
  }
}

void CheckpointWeights::add_shards(const std::function<std::string(const std::string&)>& canonical) {
  const auto file = folder_ / kIndexFile;
  const auto index = base::parse_json(base::read_file(file, kConfigLimitBytes), file.string());
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object()) {
    throw base::UserError(file.string() + ": the object 'weight_map' is missing: download the file again");
  }
  std::map<std::string, std::set<std::string>> tensors_of_shard;
  for (const auto& [tensor, shard] : index["weight_map"].items()) {
    if (!shard.is_string() || !is_plain_name(shard.get<std::string>())) {
      throw base::UserError(file.string() + ": tensor " + base::in_quotes(tensor) + " is said to be in " +
                            base::in_quotes(shard.dump()) +
                            ": the name of a file in the same folder is allowed");
    }
    tensors_of_shard[shard.get<std::string>()].insert(tensor);
  }
  for (const auto& [shard, names] : tensors_of_shard) {
    if (!fs::exists(folder_ / shard)) {
      throw base::UserError(file.string() + ": the shard " + base::in_quotes(shard) +
                            " is not in the folder: download the whole model");
    }
    add_file(shard, canonical);
    for (const auto& name : names) {
      if (!opened_.back().entries().contains(name)) {
        throw base::UserError(file.string() + ": tensor " + base::in_quotes(name) + " is not in " +
                              base::in_quotes(shard) +
                              ": the files belong to different models; download them again");
      }
    }
  }
  files_.push_back(kIndexFile);
}

void CheckpointWeights::require(const std::string& name, const tensors::Shape& expected) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    throw base::UserError(folder_.string() + ": the weights have no tensor " + base::in_quotes(name) +
                          " of shape " + tensors::to_text(expected) + ", which config.json asks for");
  }
  const auto& stored = opened_[found->second.file].entries().at(found->second.stored_name);
  const std::string where =
      opened_[found->second.file].path().string() + ": tensor " + base::in_quotes(stored.name);
  if (stored.shape != expected) {
    throw base::UserError(where + " has the shape " + tensors::to_text(stored.shape) +
                          ", by config.json it is " + tensors::to_text(expected));
  }
  using tensors::DType;
  constexpr std::array kFloats = {DType::Float32, DType::Float16, DType::BFloat16, DType::Float64};
  if (std::find(kFloats.begin(), kFloats.end(), stored.type) == kFloats.end()) {
    throw base::UserError(where + " is " + tensors::to_text(stored.type) +
                          ": float32, float16, bfloat16 and float64 weights are read");
  }
}

tensors::Tensor CheckpointWeights::read_float32(const std::string& name) const {
  const auto& place = tensors_.at(name);
  auto stored = opened_[place.file].read(place.stored_name);
  if (stored.type() == tensors::DType::Float32) return stored;
  tensors::Tensor converted(name, tensors::DType::Float32, stored.shape());
  const auto values = stored.to_doubles();
  std::transform(values.begin(), values.end(), converted.values<float>().begin(),
                 [](double value) { return static_cast<float>(value); });
  return converted;
}

}  // namespace inferometer::builder
