#include "builder/model_commands.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "builder/inspect/model_file.h"
#include "builder/model_source.h"
#include "builder/recipes/artefact_cache.h"
#include "builder/recipes/build_variant.h"
#include "builder/recipes/digests.h"
#include "builder/recipes/recipes.h"
#include "builder_client/request.h"
#include "process/process.h"
#include "results/configuration.h"
#include "results/json.h"

namespace inferometer::builder {
namespace {

using builder_client::ModelRequest;
using results::ArtefactPart;
using results::ModelInfo;

struct Built {
  ModelInfo info;
  std::vector<ArtefactPart> parts;
  std::string recipe;
  bool cached = false;
  std::int64_t peak_rss_bytes = 0;  ///< of other programs that took part
};

/// Reads back what was built as any user's file would be read: it must pass our own checks.
ModelInfo inspect_parts(std::vector<ArtefactPart>& parts, const DigestMemo& digests) {
  ModelInfo all;
  std::string digests_of_parts;
  for (auto& part : parts) {
    auto info = inspect_model(part.file, digest_of(digests));
    info.parts.front().name = part.name;
    part.sha256 = info.sha256;
    part.size_bytes = info.size_bytes;
    digests_of_parts += part.name + "\n" + part.sha256 + "\n";
    if (all.parts.empty()) {
      all = std::move(info);
      continue;
    }
    all.parts.push_back(std::move(info.parts.front()));
    all.parameters += info.parameters;
    all.size_bytes += info.size_bytes;
  }
  if (parts.size() > 1) all.sha256 = base::sha256_hex(digests_of_parts);
  return all;
}

/// An artefact knows less of itself than what it was built of.
void inherit(ModelInfo& info, const ModelInfo& source) {
  info.family = source.family;
  info.task = source.task;
  info.has_parent = true;
  info.synthetic_weights = source.synthetic_weights;
  info.parameters = source.parameters;
  info.max_sequence_length = source.max_sequence_length;
  info.remarks = source.remarks;
  auto& part = results::entry_part(info);
  if (part.inputs.empty()) {
    part.inputs = results::entry_part(source).inputs;
    part.outputs = results::entry_part(source).outputs;
  }
  for (auto& input : part.inputs) {
    for (const auto& of_source : results::entry_part(source).inputs) {
      if (of_source.name != input.name) continue;
      input.index_bound = of_source.index_bound;
      input.picture_scaling = of_source.picture_scaling;
      input.meaning = of_source.meaning;
    }
  }
}

Built build_native(const Source& source, const ArtefactCache& cache, const DigestMemo& digests) {
  auto [parts, cached] = source.native_files(cache);
  Built built{source.info(), std::move(parts), source.origin().recipe, cached};
  if (!source.start().given) {
    auto info = inspect_parts(built.parts, digests);
    inherit(info, built.info);
    built.info = std::move(info);
  }
  return built;
}

Built build_by_recipes(const Source& source, const std::vector<const Recipe*>& route,
                       const ModelRequest& request, const ArtefactCache& cache) {
  const BuildContext context{cache, request.reference.name, process::notify_parent};
  auto variant = build_variant(source, route, request.target, context);
  Built built{{}, std::move(variant.parts), variant.recipe, variant.cached, variant.peak_rss_bytes};
  built.info = inspect_parts(built.parts, DigestMemo(request.cache / "digests"));
  built.info.variant = route.back()->to;
  inherit(built.info, source.info());
  return built;
}

[[noreturn]] void refuse(const ModelRequest& request, const results::Variant& variant,
                         const std::vector<results::AvailableVariant>& available) {
  std::vector<std::string> known;
  for (const auto& one : available) known.push_back(to_text(one.variant));
  throw base::UserError(request.reference.name + ": " +
                        base::unknown_word("variant", to_text(variant), known));
}

}  // namespace

base::Json inspect_command(const base::Json& json) {
  const auto request = builder_client::model_request_from_json(json);
  const DigestMemo digests(request.cache / "digests");
  const auto source = open_source(request.reference, digests);
  const auto info = source->info();
  return {{"info", info}, {"variants", available_variants(source->start(), info.parameters)}};
}

base::Json build_command(const base::Json& json) {
  const auto request = builder_client::model_request_from_json(json);
  const DigestMemo digests(request.cache / "digests");
  const ArtefactCache cache(request.cache / "artefacts", digests, process::notify_parent);
  const auto source = open_source(request.reference, digests);
  const auto start = source->start();
  const auto available = available_variants(start, source->info().parameters);
  const auto variant =
      request.target.variant == results::Variant{} ? available.front().variant : request.target.variant;
  const auto route = find_route(start, variant);
  if (!route) refuse(request, variant, available);
  const auto built = route->empty() ? build_native(*source, cache, digests)
                                    : build_by_recipes(*source, *route, request, cache);
  return {{"info", built.info},
          {"parts", built.parts},
          {"recipe", built.recipe},
          {"cached", built.cached},
          {"peak_rss_bytes", built.peak_rss_bytes}};
}

}  // namespace inferometer::builder
