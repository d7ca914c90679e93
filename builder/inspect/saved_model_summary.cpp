#include "builder/inspect/saved_model_summary.h"

#include "base/error.h"
#include "base/text.h"
#include "builder/inspect/dimension_roles.h"
#include "builder/inspect/summary_parts.h"
#include "onnx/types.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

/// Real ones have a handful, or some dozens of assets.
constexpr std::size_t kMaxFiles = 10'000;

}  // namespace

results::ModelSummary summarise(const formats::SavedModelSignature& signature, const fs::path& folder) {
  results::ModelSummary summary;
  summary.format = "saved_model";
  summary.variant = "saved_model/float32";
  int nameless = 0;
  for (const auto& port : signature.inputs) {
    if (!port.has_rank) {
      throw base::UserError(folder.string() + ": input " + base::in_quotes(port.name) +
                            " has no shape, so no values can be made for it: export the model with the "
                            "shapes of its inputs");
    }
    results::InputSummary input;
    input.name = port.name;
    input.dtype = port.dtype;
    input.shape = dimensions_of(port.shape, port.name, folder, nameless);
    summary.inputs.push_back(input);
  }
  assign_roles(summary.inputs);
  for (const auto& port : signature.outputs) summary.outputs.push_back({port.name, port.dtype});
  return summary;
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
