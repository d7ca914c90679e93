#include "builder/recipes/build_variant.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "packages/script.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

/// Of the source, beside what a step builds of it; gone when the step has ended.
constexpr const char* kSourceFolder = "checkpoint";
constexpr std::chrono::minutes kDeadline(30);

class RouteBuilder {
 public:
  RouteBuilder(const Source& source, const builder_client::Target& target, const BuildContext& context)
      : source_(source),
        target_(target),
        context_(context),
        weights_bytes_(results::float32_bytes(source.info().parameters)) {}

  BuiltVariant run(const std::vector<const Recipe*>& route) {
    from_key_ = source_.origin().key();
    if (route.front()->from == source_.start().native) from_ = source_.native_files(context_.cache).parts;
    for (const auto* recipe : route) {
      const auto toolchain =
          packages::find_toolchain(packages::Installed::open(), recipe->tool,
                                   to_text(route.back()->to) + " is built by the tools of " + recipe->tool);
      const auto origin = origin_of(*recipe, toolchain);
      const auto entry = build(*recipe, toolchain, origin);
      from_.clear();
      for (const auto& product : recipe->parts)
        from_.push_back({product.part, entry.folder / product.file, "", 0});
      from_key_ = origin.key();
      built_.recipe = origin.recipe;
      built_.cached = entry.cached;
    }
    built_.parts = std::move(from_);
    return std::move(built_);
  }

 private:
  /// The next step reads what the user named, not files of a variant.
  bool reads_source() const { return from_.empty(); }

  Origin origin_of(const Recipe& recipe, const packages::Toolchain& toolchain) const {
    Origin origin;
    origin.recipe = fmt::format("{}, toolchain {}", recipe.name, toolchain.version);
    if (reads_source()) {
      origin.recipe += fmt::format(", batch {}", target_.batch_size);
      if (target_.sequence_length > 0) origin.recipe += fmt::format(", sequence {}", target_.sequence_length);
    }
    origin.inputs.push_back({reads_source() ? "source" : to_text(recipe.from), from_key_});
    if (recipe.wants_samples) {
      for (const auto& file : target_.samples)
        origin.inputs.push_back({file.filename().string(), base::sha256_of_file(file)});
    }
    return origin;
  }

  ArtefactCache::Entry build(const Recipe& recipe, const packages::Toolchain& toolchain,
                             const Origin& origin) {
    return context_.cache.find_or_build(origin, [&](const fs::path& into) {
      const auto what = context_.name + ": " + to_text(recipe.to);
      const auto need = static_cast<double>(recipe.cost.peak_bytes(weights_bytes_));
      const auto memory = static_cast<double>(target_.memory_bytes);
      if (need > memory) {
        throw base::UserError(fmt::format("{}: building it needs up to {} of memory, {} are free", what,
                                          base::format_bytes(need), base::format_bytes(memory)));
      }
      context_.notify(fmt::format("{}: being built, by up to {} of memory", what, base::format_bytes(need)));
      run_script({.script = recipe.script,
                  .job = job_of(recipe, into),
                  .data_limit_bytes = static_cast<std::uint64_t>(target_.memory_bytes),
                  .deadline = kDeadline,
                  .notify = [&](const std::string& sentence) { context_.notify(what + ": " + sentence); }},
                 toolchain, what);
      fs::remove_all(into / kSourceFolder);
    });
  }

  /// Every message begins with `what`.
  void run_script(const packages::ScriptCall& call, const packages::Toolchain& toolchain,
                  const std::string& what) {
    try {
      const auto reply = packages::run_script(toolchain, call);
      built_.peak_rss_bytes = std::max(built_.peak_rss_bytes, reply.peak_rss_bytes);
    } catch (const base::UserError& error) {
      throw base::UserError(what + ": " + error.what());
    }
  }

  base::Json job_of(const Recipe& recipe, const fs::path& into) const {
    base::Json job = base::Json::object();
    if (reads_source()) {
      fs::create_directory(into / kSourceFolder);
      job = source_.job(into / kSourceFolder);
      job["batch_size"] = target_.batch_size;
      job["sequence_length"] = target_.sequence_length;
    } else {
      for (const auto& part : from_) job["from"][part.name] = part.file;
      const std::string variant = to_text(recipe.to);
      job["precision"] = variant.substr(variant.find('/') + 1);
      job["samples"] = base::Json::array();
      for (const auto& file : target_.samples) job["samples"].push_back(file.string());
    }
    for (const auto& product : recipe.parts) job["parts"][product.part] = (into / product.file).string();
    return job;
  }

  const Source& source_;
  const builder_client::Target& target_;
  const BuildContext& context_;
  std::int64_t weights_bytes_;
  std::vector<results::ArtefactPart> from_;  ///< what the next step reads; empty: what the user named
  std::string from_key_;                     ///< of its origin
  BuiltVariant built_;
};

}  // namespace

BuiltVariant build_variant(const Source& source, const std::vector<const Recipe*>& route,
                           const builder_client::Target& target, const BuildContext& context) {
  INFEROMETER_CHECK(!route.empty(), context.name);
  return RouteBuilder(source, target, context).run(route);
}

}  // namespace inferometer::builder
