#include "builder/inputs/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json.h"
#include "builder/inputs/picture_input.h"
#include "packages/script.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;
using inputs::Shapes;

void run_script(const std::string& script, const base::Json& job) {
  const auto toolchain = packages::find_toolchain(
      packages::Installed::open(), "inputs", "texts and images are read by the libraries that define how");
  packages::run_script(toolchain, {.script = script, .job = job});
}

/// What a tokenizer returns, by the names in its library.
struct Column {
  results::Meaning meaning;
  const char* name;
};
constexpr std::array kColumns = {Column{results::Meaning::TokenIds, "ids"},
                                 Column{results::Meaning::AttentionMask, "attention_mask"},
                                 Column{results::Meaning::TokenTypes, "type_ids"}};

/// The first input of that meaning; null: there is none.
const results::ModelInput* input_meaning(const inputs::Request& request, results::Meaning meaning) {
  const auto& all = inputs_of(request);
  const auto found = std::ranges::find(all, meaning, &results::ModelInput::meaning);
  return found == all.end() ? nullptr : &*found;
}

/// The inputs that a tokenizer fills in: their columns and types, by name.
base::Json text_inputs(const inputs::Request& request) {
  base::Json columns = base::Json::object();
  for (const auto& column : kColumns) {
    if (const auto* input = input_meaning(request, column.meaning))
      columns[input->name] = {{"column", column.name}, {"dtype", input->dtype}};
  }
  return columns;
}

Source tokenize(const inputs::Request& request, const Shapes& shapes, const fs::path& folder) {
  const auto* ids = input_meaning(request, results::Meaning::TokenIds);
  if (ids == nullptr || shapes.at(ids->name).size() != 2) {
    throw base::UserError(
        fmt::format("--texts {}: the model has no input of token ids [batch, sequence] (inputs: {})",
                    request.texts, describe_inputs(request, shapes)));
  }
  if (request.tokenizer.empty() || !fs::exists(request.tokenizer)) {
    throw base::UserError(
        fmt::format("--texts {}: texts become ids by the model's own tokenizer, and there is no {}: "
                    "put the model's tokenizer.json there",
                    request.texts, request.tokenizer.empty() ? "tokenizer.json" : request.tokenizer));
  }
  const auto& shape = shapes.at(ids->name);
  const auto output = folder / "texts.safetensors";
  run_script("tokenize_texts.py", {{"texts", fs::absolute(request.texts).string()},
                                   {"tokenizer", fs::absolute(request.tokenizer).string()},
                                   {"batch_size", shape[0]},
                                   {"sequence_length", shape[1]},
                                   {"sets", inputs::kSets},
                                   {"from_end", request.last_rows},
                                   {"inputs", text_inputs(request)},
                                   {"output", output.string()}});
  return {"", output, "texts " + request.texts};
}

Source read_images(const inputs::Request& request, const Shapes& shapes, const fs::path& folder) {
  const auto input = picture_input(request, shapes);
  const auto output = folder / "images.safetensors";
  run_script("load_images.py", {{"images", fs::absolute(request.images).string()},
                                {"input", input.name},
                                {"batch_size", input.batch_size},
                                {"height", input.height},
                                {"width", input.width},
                                {"channels_first", input.channels_first},
                                {"dtype", input.dtype},
                                {"scaling", input.scaling},
                                {"scale", input.scale},
                                {"zero_point", input.zero_point},
                                {"sets", inputs::kSets},
                                {"from_end", request.last_rows},
                                {"output", output.string()}});
  return {"", output, fmt::format("images {} ({})", request.images, input.described)};
}

}  // namespace

std::vector<Source> sources_of(const inputs::Request& request, const Shapes& shapes, const fs::path& folder) {
  std::vector<Source> sources;
  for (const auto& [name, file] : request.files)
    sources.push_back({name, file, "file " + fs::path(file).filename().string()});
  if (!request.texts.empty()) sources.push_back(tokenize(request, shapes, folder));
  if (!request.images.empty()) sources.push_back(read_images(request, shapes, folder));
  return sources;
}

}  // namespace inferometer::builder
