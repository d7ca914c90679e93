#include "builder/null_model.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "models/models.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;
using results::Meaning;

constexpr const char* kArtefact = "{\"format\":\"null\"}\n";
/// Of the texts that the null engine generates.
constexpr std::int64_t kVocabulary = 97;

results::ModelInfo info_of_forward() {
  results::ModelInfo info;
  info.parts = {{"model", {{"x", "float32", {{0, "batch", "batch"}, {8, "", ""}}, 0}}, {{"y", "float32"}}}};
  return info;
}

results::ModelInfo info_of_generation() {
  const results::Dimension batch{0, "batch", "batch"};
  results::ModelInput prompt{"input_ids", "int64", {batch, {0, "sequence", "sequence"}}, kVocabulary};
  results::ModelInput token{"token", "int64", {batch, {1, "", ""}}, kVocabulary};
  prompt.meaning = token.meaning = Meaning::TokenIds;
  const results::ModelOutput logits{"logits", "float32", Meaning::TokenScores};
  results::ModelInfo info;
  info.task = "text-generation";
  info.parts = {{"prefill", {prompt}, {logits}}, {"decode", {token}, {logits}}};
  return info;
}

class NullSource final : public Source {
 public:
  explicit NullSource(results::ModelInfo info) : info_(std::move(info)) {
    info_.family = "null";
    info_.variant = {"null", "float32", ""};
    info_.sha256 = base::sha256_hex(kArtefact);  // of each part
    info_.size_bytes = static_cast<std::int64_t>(info_.parts.size() * std::string_view(kArtefact).size());
  }

  Start start() const override { return {{}, info_.variant, true}; }
  results::ModelInfo info() const override { return info_; }
  Origin origin() const override { return {info_.parts.size() == 1 ? "null 1" : "null-generate 1", {}}; }
  NativeFiles native_files(const ArtefactCache& cache) const override {
    const auto entry = cache.find_or_build(origin(), [&](const fs::path& into) {
      for (const auto& part : info_.parts) base::write_file_atomically(into / file_of(part), kArtefact);
    });
    NativeFiles files{{}, entry.cached};
    const auto bytes = static_cast<std::int64_t>(std::string_view(kArtefact).size());
    for (const auto& part : info_.parts) {
      files.parts.push_back({part.name, entry.folder / file_of(part), base::sha256_hex(kArtefact), bytes});
    }
    return files;
  }
  base::Json job(const fs::path&) const override {
    INFEROMETER_CHECK(false, "no recipe reads a null model");
    std::abort();
  }

 private:
  static std::string file_of(const results::ModelPart& part) { return part.name + ".json"; }

  results::ModelInfo info_;
};

}  // namespace

std::unique_ptr<Source> open_null_model(const std::string& name) {
  if (name == models::kNullModel) return std::make_unique<NullSource>(info_of_forward());
  INFEROMETER_CHECK(name == models::kNullGenerateModel, name);
  return std::make_unique<NullSource>(info_of_generation());
}

}  // namespace inferometer::builder
