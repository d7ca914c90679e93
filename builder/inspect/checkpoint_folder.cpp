#include "builder/inspect/checkpoint_folder.h"

#include <map>

#include "base/hash.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {

namespace fs = std::filesystem;

bool is_checkpoint_folder(const fs::path& folder) {
  return fs::is_regular_file(folder / "config.json") && !fs::exists(folder / "saved_model.pb");
}

results::ModelInfo inspect_checkpoint_folder(const fs::path& folder, const DigestOf& digest_of_file) {
  results::ModelInfo info;
  info.variant = {"torch", "float32", ""};
  info.parts.emplace_back();
  const tensors::SafetensorsFile weights(folder / "model.safetensors");
  for (const auto& [name, stored] : weights.entries())
    info.parameters += tensors::element_count(stored.shape);
  std::map<std::string, std::int64_t> bytes_of;  // in the order of their names
  for (const auto& entry : fs::directory_iterator(folder))
    bytes_of[entry.path().filename().string()] = static_cast<std::int64_t>(entry.file_size());
  std::string all;
  for (const auto& [name, bytes] : bytes_of) {
    info.size_bytes += bytes;
    all += name + "\n" + digest_of_file(folder / name) + "\n";
  }
  info.sha256 = base::sha256_hex(all);
  return info;
}

}  // namespace inferometer::builder
