#include "tests/models/trained_checkpoint.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "tensors/safetensors.h"

namespace inferometer::tests {
namespace {

namespace fs = std::filesystem;

/// The name that a delta has in a checkpoint of the base model; empty for a base tensor that it leaves out.
std::string name_with_head(const std::string& name) {
  if (name.ends_with("position_ids")) return {};
  return name.starts_with("bert.") ? name : "bert." + name;
}

}  // namespace

fs::path shared_folder() {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  return fs::path(source == nullptr ? "." : source) / ".." / "shared" / "data";
}

fs::path make_checkpoint(const fs::path& base, const fs::path& delta, const fs::path& into) {
  auto config = base::parse_json(base::read_file(base / "config.json", 1 << 20), "config.json");
  config.update(base::parse_json(base::read_file(delta / "config_patch.json", 1 << 20), "config_patch.json"));
  std::map<std::string, tensors::Tensor> weights;
  const auto take = [&](const fs::path& file, const auto& rename) {
    for (const auto& tensor : tensors::read_safetensors(file)) {
      const std::string name = rename(tensor.name());
      if (name.empty()) continue;
      tensors::Tensor named(name, tensor.type(), tensor.shape());
      std::copy(tensor.bytes().begin(), tensor.bytes().end(), named.bytes().begin());
      weights[name] = std::move(named);
    }
  };
  take(base / "model.safetensors", name_with_head);
  take(delta / "delta.safetensors", [](const std::string& name) { return name; });
  std::vector<tensors::Tensor> list;
  for (auto& [name, tensor] : weights) list.push_back(std::move(tensor));
  fs::create_directory(into);
  tensors::write_safetensors(into / "model.safetensors", list);
  base::write_file_atomically(into / "config.json", config.dump());
  if (fs::exists(base / "tokenizer.json"))
    fs::copy_file(base / "tokenizer.json", into / "tokenizer.json", fs::copy_options::overwrite_existing);
  return into;
}

}  // namespace inferometer::tests
