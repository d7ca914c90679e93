#include "experiment/input_files.h"

#include "base/files.h"
#include "base/text.h"
#include "builder_client/make_inputs.h"

namespace inferometer::experiment {
namespace {

constexpr std::uint64_t kSampleSeed = 20'240'229;

/// Where a model's tokenizer would be.
std::string tokenizer_of(const models::Reference& reference) {
  if (reference.path.empty()) return {};
  const bool folder = reference.kind == models::Reference::Kind::Checkpoint;
  return (folder ? reference.path : reference.path.parent_path()) / "tokenizer.json";
}

}  // namespace

const builder_client::InputSets& InputFiles::write(const results::Plan& plan, results::Group& group,
                                                   const results::Artefact& artefact, const Infos& infos) {
  const std::pair key(group.id, artefact.key);
  auto found = written_.find(key);
  if (found == written_.end()) {
    auto request = input_request(plan, group, artefact, {workspace_.subjects, infos});
    request.files = workspace_.sources.files;
    const auto& reference = subject_named(artefact.model, workspace_.subjects).reference;
    found =
        written_.emplace(key, write_to(group.id + "-" + artefact.key, std::move(request), reference)).first;
    auto values = found->second.unequal;
    values.insert(values.begin(), found->second.values);
    group.workload.values = base::join(values, "; ");
  }
  return found->second;
}

std::vector<std::filesystem::path> InputFiles::write_samples(const results::Artefact& artefact,
                                                             const results::ModelInfo& source) const {
  inputs::Request request;
  request.model = source;
  request.seed = kSampleSeed;
  request.last_rows = true;
  const auto& reference = subject_named(artefact.model, workspace_.subjects).reference;
  return write_to("samples-" + artefact.key, std::move(request), reference).sets;
}

builder_client::InputSets InputFiles::write_to(const std::string& name, inputs::Request request,
                                               const models::Reference& reference) const {
  const auto& sources = workspace_.sources;
  request.texts = sources.texts;
  request.images = sources.images;
  request.image_scaling = sources.image_scaling;
  request.tokenizer = tokenizer_of(reference);
  const auto folder = workspace_.scratch.path() / name;
  std::filesystem::create_directories(folder);
  return builder_client::make_inputs(request, base::libexec_folder() / "inferometer-builder", folder);
}

}  // namespace inferometer::experiment
