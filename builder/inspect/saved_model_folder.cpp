#include "builder/inspect/saved_model_folder.h"

#include "base/error.h"
#include "base/text.h"
#include "builder/inspect/dimension_roles.h"
#include "builder/inspect/file_facts.h"
#include "builder/inspect/meanings.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

/// Real ones have a handful, or some dozens of assets.
constexpr std::size_t kMaxFiles = 10'000;

}  // namespace

results::ModelInfo inspect(const formats::SavedModelSignature& signature, const fs::path& folder) {
  results::ModelInfo info;
  results::ModelPart part;
  info.variant = {"saved_model", "float32", ""};
  int nameless = 0;
  for (const auto& port : signature.inputs) {
    if (!port.has_rank) {
      throw base::UserError(folder.string() + ": input " + base::in_quotes(port.name) +
                            " has no shape, so no values can be made for it: export the model with the "
                            "shapes of its inputs");
    }
    results::ModelInput input;
    input.name = port.name;
    input.dtype = port.dtype;
    input.shape = dimensions_of(port.shape, port.name, folder, nameless);
    part.inputs.push_back(input);
  }
  std::vector<std::optional<std::size_t>> ranks;
  for (const auto& port : signature.outputs) {
    part.outputs.push_back({port.name, port.dtype});
    ranks.push_back(port.has_rank ? std::optional(port.shape.size()) : std::nullopt);
  }
  set_meanings(part, ranks);
  assign_roles(part.inputs);
  info.parts = {std::move(part)};
  return info;
}

std::map<std::string, std::int64_t> files_of_saved_model(const fs::path& folder) {
  std::map<std::string, std::int64_t> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto status = entry.symlink_status();
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status)) {
      throw base::UserError(
          entry.path().string() +
          ": is neither file nor folder: a SavedModel is measured without links; copy what it "
          "leads to");
    }
    files[entry.path().lexically_relative(folder).string()] = static_cast<std::int64_t>(entry.file_size());
    if (files.size() > kMaxFiles) {
      throw base::UserError(folder.string() + ": has more than " + std::to_string(kMaxFiles) +
                            " files: this is no folder of one SavedModel");
    }
  }
  return files;
}

}  // namespace inferometer::builder
