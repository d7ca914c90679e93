#include "builder/recipes/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "models/applications.h"
#include "models/variants.h"
#include "packages/script.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpoint = "checkpoint";
constexpr std::chrono::minutes kDeadline(30);
constexpr int kSeed = 1;  // of random weights

using Tell = std::function<void(const std::string&)>;

class Converter {
 public:
  Converter(const ConversionSource& source, const builder_client::Target& target, const ArtefactCache& cache,
            Tell tell)
      : source_(source),
        target_(target),
        cache_(cache),
        tell_(std::move(tell)),
        toolchain_(packages::find_toolchain(packages::Installed::open(), models::kToolchain,
                                            target.variant + " is made by TensorFlow's own converters")) {}

  Converted run() {
    const auto& conversion = step_to(target_.variant);
    const auto origin = origin_of(conversion);
    if (conversion.of_saved_model) {
      const auto& step = step_to(models::kSavedModel);
      saved_model_ = make(step, origin_of(step)).folder / step.product;
    }
    converted_.entry = make(conversion, origin);
    converted_.file = converted_.entry.folder / conversion.product;
    converted_.recipe = origin.recipe;
    return std::move(converted_);
  }

 private:
  const models::Conversion& step_to(const std::string& variant) const {
    const auto* conversion = models::conversion_to(source_.reference.kind, variant);
    INFEROMETER_CHECK(conversion != nullptr, variant);
    return *conversion;
  }

  Origin origin_of(const models::Conversion& conversion) const {
    Origin origin;
    origin.recipe = fmt::format("{}, toolchain {}", conversion.recipe, toolchain_.version);
    if (conversion.of_saved_model) {
      origin.inputs.push_back({models::kSavedModel, origin_of(step_to(models::kSavedModel)).key()});
    } else {
      origin.recipe += fmt::format(", batch {}", target_.batch_size);
      if (target_.sequence_length > 0) origin.recipe += fmt::format(", sequence {}", target_.sequence_length);
      origin.inputs.push_back({"source", source_.origin.key()});
    }
    if (conversion.wants_samples) {
      for (const auto& file : target_.samples)
        origin.inputs.push_back({file.filename().string(), base::sha256_of_file(file)});
    }
    return origin;
  }

  ArtefactCache::Entry make(const models::Conversion& conversion, const Origin& origin) {
    return cache_.find_or_make(origin, [&](const fs::path& into) {
      const auto what = source_.reference.name + ": " + conversion.variant;
      const auto need = static_cast<double>(
          models::peak_bytes(conversion, results::float32_bytes(source_.parent.parameters)));
      const auto memory = static_cast<double>(target_.memory_bytes);
      if (need > memory) {
        throw base::UserError(fmt::format("{}: making it needs up to {} of memory, {} are free", what,
                                          base::format_bytes(need), base::format_bytes(memory)));
      }
      tell_(fmt::format("{}: is being made, by up to {} of memory", what, base::format_bytes(need)));
      run_step(conversion, what, into);
      fs::remove_all(into / kCheckpoint);
    });
  }

  /// Every message begins with `what`.
  void run_step(const models::Conversion& conversion, const std::string& what, const fs::path& into) {
    const packages::ScriptCall call{
        .script = conversion.script,
        .job = job_of(conversion, into),
        .data_limit_bytes = static_cast<std::uint64_t>(target_.memory_bytes),
        .deadline = kDeadline,
        .notify = [&](const std::string& sentence) { tell_(what + ": " + sentence); }};
    try {
      const auto reply = packages::run_script(toolchain_, call);
      converted_.peak_rss_bytes = std::max(converted_.peak_rss_bytes, reply.peak_rss_bytes);
    } catch (const base::UserError& error) {
      throw base::UserError(what + ": " + error.what());
    }
  }

  base::Json job_of(const models::Conversion& conversion, const fs::path& into) const {
    base::Json job = {{"output", (into / conversion.product).string()}};
    if (conversion.of_saved_model) {
      job["saved_model"] = saved_model_.string();
      job["precision"] = conversion.precision;
      job["samples"] = base::Json::array();
      for (const auto& file : target_.samples) job["samples"].push_back(file.string());
      return job;
    }
    job["batch_size"] = target_.batch_size;
    if (source_.reference.kind == models::Reference::Kind::Application) {
      job["application"] = models::find_application(source_.reference.name)->class_name;
      job["weights"] = source_.reference.path.string();
      job["seed"] = kSeed;
      return job;
    }
    job["sequence_length"] = target_.sequence_length;
    job["checkpoint"] = (into / kCheckpoint).string();
    fs::create_directory(into / kCheckpoint);
    source_.write_checkpoint(into / kCheckpoint);
    for (const auto& input : source_.parent.inputs) job["inputs"].push_back(input.name);
    for (const auto& output : source_.parent.outputs) job["outputs"].push_back(output.name);
    return job;
  }

  const ConversionSource& source_;
  const builder_client::Target& target_;
  const ArtefactCache& cache_;
  Tell tell_;
  packages::Toolchain toolchain_;
  fs::path saved_model_;
  Converted converted_;
};

}  // namespace

Converted convert(const ConversionSource& source, const builder_client::Target& target,
                  const ArtefactCache& cache, const Tell& tell) {
  return Converter(source, target, cache, tell).run();
}

}  // namespace inferometer::builder
