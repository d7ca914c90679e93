#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "models/hub_cache.h"
#include "models/models.h"
#include "models/prepare_child.h"
#include "models/request.h"
#include "models/variants.h"
#include "results/json.h"

namespace inferometer::models {
namespace {

constexpr std::uint64_t kInspectLimitBytes = std::uint64_t{2} << 30;
constexpr std::uint64_t kPrepareLimitBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kDownloadLimitBytes = std::uint64_t{1} << 30;

constexpr std::chrono::minutes kPrepareDeadline(15);
constexpr std::chrono::minutes kConvertDeadline(75);

PrepareCall call_for(const ModelRequest& request, const std::filesystem::path& program) {
  PrepareCall call;
  call.program = program;
  call.request = to_json(request);
  call.subject = request.reference.name;
  return call;
}

}  // namespace

Preparer::Preparer(std::filesystem::path program, std::filesystem::path cache)
    : program_(std::move(program)), cache_(std::move(cache)) {}

Reference Preparer::obtain(const Reference& reference,
                           const std::function<void(const std::string&)>& tell) const {
  if (reference.kind != Reference::Kind::Hub) return reference;
  PrepareCall call;
  call.program = program_;
  call.command = "download";
  call.request = {{"id", reference.hub_id}};
  call.subject = reference.name;
  call.data_limit_bytes = kDownloadLimitBytes;
  // The child itself ends what makes no progress.
  call.timeout = std::chrono::hours(24);
  call.tell = tell;
  call.keep_environment = true;
  const auto folder = call_prepare(call).reply.at("folder").get<std::string>();
  return {Reference::Kind::Checkpoint, reference.name, folder, {}};
}

results::ModelSummary Preparer::inspect(const Reference& reference) const {
  if (reference.kind == Reference::Kind::Hub) {
    throw base::UserError(reference.name + ": its checkpoint is not in the Hugging Face cache (" +
                          hub_cache_folder().string() +
                          ") and nothing is downloaded for a look: leave out --dry-run, or download it with  "
                          "hf download " +
                          reference.hub_id);
  }
  auto call = call_for({reference, {}, cache_}, program_);
  call.command = "inspect";
  call.data_limit_bytes = kInspectLimitBytes;
  call.timeout = std::chrono::minutes(2);
  return call_prepare(call).reply.at("summary").get<results::ModelSummary>();
}

Preparer::Prepared Preparer::prepare(const Reference& reference, const Target& target,
                                     const std::function<void(const std::string&)>& tell) const {
  auto call = call_for({reference, target, cache_}, program_);
  call.command = "prepare";
  call.data_limit_bytes = kPrepareLimitBytes;
  call.timeout = kPrepareDeadline;
  if (conversion_to(reference.kind, target.variant) != nullptr) {
    // The programs of the toolchain inherit the limit.
    call.data_limit_bytes = static_cast<std::uint64_t>(target.memory_bytes);
    call.timeout = kConvertDeadline;
  }
  call.tell = tell;
  const std::int64_t start_ns = base::monotonic_ns();
  const auto [reply, peak_rss_bytes] = call_prepare(call);
  Prepared prepared;
  prepared.summary = reply.at("summary").get<results::ModelSummary>();
  prepared.file = reply.at("file").get<std::string>();
  prepared.recipe = reply.at("recipe").get<std::string>();
  prepared.cached = reply.at("cached").get<bool>();
  prepared.duration_ns = base::monotonic_ns() - start_ns;
  prepared.peak_rss_bytes = std::max(peak_rss_bytes, reply.at("peak_rss_bytes").get<std::int64_t>());
  return prepared;
}

}  // namespace inferometer::models
