#include "builder_client/builder.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "builder_client/call.h"
#include "builder_client/request.h"
#include "models/hub_cache.h"
#include "results/json.h"

namespace inferometer::builder_client {
namespace {

constexpr std::uint64_t kInspectLimitBytes = std::uint64_t{2} << 30;
constexpr std::uint64_t kBuildLimitBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kDownloadLimitBytes = std::uint64_t{1} << 30;

constexpr std::chrono::minutes kBuildDeadline(15);
constexpr std::chrono::minutes kToolchainDeadline(75);

BuilderCall call_for(const ModelRequest& request, const std::filesystem::path& program) {
  BuilderCall call;
  call.program = program;
  call.request = to_json(request);
  call.subject = request.reference.name;
  return call;
}

}  // namespace

Builder::Builder(std::filesystem::path program, std::filesystem::path cache)
    : program_(std::move(program)), cache_(std::move(cache)) {}

models::Reference Builder::obtain(const models::Reference& reference, const Notify& notify) const {
  if (reference.kind != models::Reference::Kind::Hub) return reference;
  BuilderCall call;
  call.program = program_;
  call.command = "download";
  call.request = {{"id", reference.hub_id}};
  call.subject = reference.name;
  call.data_limit_bytes = kDownloadLimitBytes;
  // The builder itself ends what makes no progress.
  call.timeout = std::chrono::hours(24);
  call.notify = notify;
  call.keep_environment = true;
  const auto folder = call_builder(call).reply.at("folder").get<std::string>();
  return {models::Reference::Kind::Checkpoint, reference.name, folder, {}};
}

Builder::Inspected Builder::inspect(const models::Reference& reference) const {
  if (reference.kind == models::Reference::Kind::Hub) {
    throw base::UserError(reference.name + ": its checkpoint is not in the Hugging Face cache (" +
                          models::hub_cache_folder().string() +
                          ") and nothing is downloaded for a look: leave out --dry-run, or download it with  "
                          "hf download " +
                          reference.hub_id);
  }
  auto call = call_for({reference, {}, cache_}, program_);
  call.command = "inspect";
  call.data_limit_bytes = kInspectLimitBytes;
  call.timeout = std::chrono::minutes(2);
  const auto reply = call_builder(call).reply;
  return {reply.at("info").get<results::ModelInfo>(),
          reply.at("variants").get<std::vector<results::AvailableVariant>>()};
}

Builder::Built Builder::build(const models::Reference& reference, const Target& target,
                              const Notify& notify) const {
  auto call = call_for({reference, target, cache_}, program_);
  call.command = "build";
  call.data_limit_bytes = kBuildLimitBytes;
  call.timeout = kBuildDeadline;
  if (target.by_toolchain) {
    // The programs of the toolchain inherit the limit.
    call.data_limit_bytes = static_cast<std::uint64_t>(target.memory_bytes);
    call.timeout = kToolchainDeadline;
  }
  call.notify = notify;
  const std::int64_t start_ns = base::monotonic_ns();
  const auto [reply, peak_rss_bytes] = call_builder(call);
  Built built;
  reply.at("info").get_to(built.info);
  reply.at("parts").get_to(built.parts);
  built.recipe = reply.at("recipe").get<std::string>();
  built.cached = reply.at("cached").get<bool>();
  built.duration_ns = base::monotonic_ns() - start_ns;
  built.peak_rss_bytes = std::max(peak_rss_bytes, reply.at("peak_rss_bytes").get<std::int64_t>());
  return built;
}

}  // namespace inferometer::builder_client
