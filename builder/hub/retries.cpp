#include "builder/hub/retries.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "models/published.h"

namespace inferometer::builder {
namespace {

constexpr int kTries = 5;
constexpr std::int64_t kFirstPauseNs = 500'000'000;
constexpr std::chrono::seconds kLongestPause{60};

std::string cause(const Answer& answer) {
  if (!answer.trouble.empty()) return answer.trouble;
  return fmt::format("it answers with status {}{}", answer.status,
                     answer.error_message.empty() ? "" : " (" + answer.error_message + ")");
}

std::string token_advice(const Settings& settings) {
  return settings.token.empty() ? "set HF_TOKEN to a token that may read it (none is set)"
                                : "set HF_TOKEN to a token that may read it (the one in use may not)";
}

}  // namespace

Answer ask_with_retries(const std::string& what, const std::function<Answer()>& ask, base::Clock& clock,
                        Progress& progress) {
  std::int64_t pause_ns = kFirstPauseNs;
  for (int tried = 1;; ++tried, pause_ns *= 2) {
    const auto answer = ask();
    if (answer.whole() || !answer.may_pass() || tried == kTries) return answer;
    const std::chrono::nanoseconds asked = std::min(answer.retry_after, kLongestPause);
    const std::int64_t this_pause_ns = std::max<std::int64_t>(pause_ns, asked.count());
    progress.say(fmt::format("{}: {}; try {} of {} in {}", what, cause(answer), tried + 1, kTries,
                             base::format_ns(static_cast<double>(this_pause_ns))));
    clock.sleep_ns(this_pause_ns);
  }
}

base::UserError refusal(const Answer& answer, const std::string& what, const std::string& id,
                        const Settings& settings) {
  const auto& hub = settings.endpoint;
  if (!answer.reached) {
    return base::UserError(fmt::format(
        "{}: is neither a file or folder nor in the Hugging Face cache ({}), and {} cannot be reached: {}: "
        "check the network and its proxy, set HF_ENDPOINT to another hub, or give a file or folder{}",
        id, settings.cache.string(), hub, answer.trouble,
        models::find_published(id) == nullptr ? ""
                                              : ", or measure the architecture with --synthetic-weights"));
  }
  if (!answer.trouble.empty() || answer.may_pass())
    return base::UserError(fmt::format("{}: {} cannot be downloaded from {}: {}: try again later", id, what,
                                       hub, cause(answer)));
  const bool not_allowed = answer.status == 401 || answer.status == 403;
  if (answer.error_code == "GatedRepo" || answer.status == 403) {
    return base::UserError(
        fmt::format("{}: its owner restricts who may download it: ask for access at {}/{} "
                    "and {}",
                    id, hub, id, token_advice(settings)));
  }
  if (answer.error_message == "Invalid credentials in Authorization header") {
    return base::UserError(
        fmt::format("{}: {} does not know the token that is set: make one at {}/settings/tokens and set "
                    "HF_TOKEN, or unset it for a public model",
                    id, hub, hub));
  }
  if (answer.error_code == "EntryNotFound") {
    return base::UserError(
        fmt::format("{}: {} is in the list of its files but not on {}: try again later", id, what, hub));
  }
  // To strangers the hub says 401 of a private model and of one that does not exist.
  if (not_allowed || answer.status == 404) {
    return base::UserError(fmt::format(
        "{}: no such file or folder here, and no such model on {} that may be read: check the name; "
        "if it is private, {}",
        id, hub, token_advice(settings)));
  }
  return base::UserError(
      fmt::format("{}: {} cannot be downloaded from {}: {}", id, what, hub, cause(answer)));
}

}  // namespace inferometer::builder
