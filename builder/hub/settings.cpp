#include "builder/hub/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "models/hub_cache.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPublicHub = "https://huggingface.co";
constexpr std::uint64_t kTokenLimitBytes = 4096;
constexpr int kUsualStallSeconds = 10;
constexpr int kMostStallSeconds = 86'400;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string endpoint() {
  auto url = variable("HF_ENDPOINT");
  if (url.empty()) return kPublicHub;
  while (url.ends_with('/')) url.pop_back();
  const bool is_url = url.starts_with("https://") || url.starts_with("http://");
  // A name and password in it would be printed and sent on.
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; }) &&
                     url.find_first_of("@?#") == std::string::npos;
  if (is_url && plain) return url;
  throw base::UserError(
      "HF_ENDPOINT is no address that can be used: give https://HOST or http://HOST, without a user name");
}

/// Without the white space around it, as huggingface_hub does. `source` is named in messages, the token
/// never.
std::string clean_token(std::string token, const std::string& source) {
  constexpr const char* kSpace = " \t\r\n";
  token.erase(0, std::min(token.find_first_not_of(kSpace), token.size()));
  token.erase(token.find_last_not_of(kSpace) + 1);
  // A line break would become a header of its own.
  if (std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7F; })) return token;
  throw base::UserError(
      source + ": holds no token: one word is allowed, as https://huggingface.co/settings/tokens shows it");
}

std::string token() {
  if (models::is_switched_on("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return {};
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    if (const auto value = variable(name); !value.empty()) return clean_token(value, name);
  }
  const auto given = variable("HF_TOKEN_PATH");
  const fs::path file = given.empty() ? models::hub_home() / "token" : fs::path(given);
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  return clean_token(base::read_file(file, kTokenLimitBytes), file.string());
}

std::chrono::seconds stall() {
  const auto text = variable("HF_HUB_DOWNLOAD_TIMEOUT");
  int seconds = kUsualStallSeconds;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!text.empty() && !(whole && seconds >= 1 && seconds <= kMostStallSeconds)) {
    throw base::UserError("HF_HUB_DOWNLOAD_TIMEOUT is '" + base::printable(text, 40) +
                          "': whole seconds from 1 to " + std::to_string(kMostStallSeconds) + " are allowed");
  }
  return std::chrono::seconds(seconds);
}

}  // namespace

Settings read_settings() { return {endpoint(), models::hub_cache_folder(), token(), stall()}; }

}  // namespace inferometer::builder
