#include "builder/recipes/build_variant.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "packages/script.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

/// Of the source, beside what a step builds of it; gone when the step has ended.
constexpr const char* kSourceFolder = "checkpoint";
constexpr const char* kQuantizeFile = "inferometer.json";
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
      const auto toolchain = toolchain_of(*recipe, route.back()->to);
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
  /// Nothing where the builder does the step itself.
  static std::optional<packages::Toolchain> toolchain_of(const Recipe& recipe, const results::Variant& to) {
    if (recipe.tool.empty()) return std::nullopt;
    return packages::find_toolchain(packages::Installed::open(), recipe.tool,
                                    to_text(to) + " is built by the tools of " + recipe.tool);
  }

  /// The next step reads what the user named, not files of a variant.
  bool reads_source() const { return from_.empty(); }

  Origin origin_of(const Recipe& recipe, const std::optional<packages::Toolchain>& toolchain) const {
    Origin origin;
    origin.recipe = recipe.name;
    if (toolchain) origin.recipe += ", toolchain " + toolchain->version;
    if (recipe.runs_reference) origin.recipe += ", calibrated by " + target_.reference.name;
    if (reads_source() && !recipe.any_shape) {
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

  ArtefactCache::Entry build(const Recipe& recipe, const std::optional<packages::Toolchain>& toolchain,
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
      if (!toolchain) return build_here(recipe, what, into);
      run_script({.script = recipe.script,
                  .job = job_of(recipe, into),
                  .data_limit_bytes = static_cast<std::uint64_t>(target_.memory_bytes),
                  .deadline = kDeadline,
                  .notify = [&](const std::string& sentence) { context_.notify(what + ": " + sentence); }},
                 *toolchain, what);
      fs::remove_all(into / kSourceFolder);
    });
  }

  /// A checkpoint, and beside it what an engine is to do with its weights (workers/pytorch).
  void write_source(const Recipe& recipe, const fs::path& into) const {
    const auto folder = into / recipe.parts.front().file;
    fs::create_directory(folder);
    source_.job(folder);
    if (recipe.quantize.empty()) return;
    base::write_file_atomically(folder / kQuantizeFile,
                                base::to_line({{"quantize", recipe.quantize}}) + "\n");
  }

  void build_here(const Recipe& recipe, const std::string& what, const fs::path& into) const {
    if (recipe.build == nullptr) return write_source(recipe, into);
    INFEROMETER_CHECK(from_.size() == 1, what);
    try {
      context_.notify(what + ": " + recipe.build({from_.front().file, into, target_}));
    } catch (const base::UserError& error) {
      throw base::UserError(what + ": " + error.what());
    }
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
