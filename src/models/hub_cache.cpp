#include "models/hub_cache.h"

#include <algorithm>
#include <cstdlib>

#include "base/files.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRefLimitBytes = 1024;

fs::path folder_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? fs::path() : fs::path(value);
}

/// "ORG/NAME" is the folder "models--ORG--NAME". Empty for what is no id.
std::string folder_name(const std::string& id) {
  std::string name = "models--";
  for (const char letter : id) name += letter == '/' ? std::string("--") : std::string(1, letter);
  const bool plain = !id.empty() && std::count(id.begin(), id.end(), '/') <= 1 && !id.starts_with('/') &&
                     !id.starts_with('.');
  return plain ? name : std::string();
}

bool is_commit(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

fs::path hub_cache_folder() {
  if (const auto hub = folder_of("HF_HUB_CACHE"); !hub.empty()) return hub;
  if (const auto home = folder_of("HF_HOME"); !home.empty()) return home / "hub";
  if (const auto cache = folder_of("XDG_CACHE_HOME"); !cache.empty()) return cache / "huggingface" / "hub";
  return folder_of("HOME") / ".cache" / "huggingface" / "hub";
}

std::optional<fs::path> cached_snapshot(const std::string& id) {
  const auto name = folder_name(id);
  if (name.empty()) return std::nullopt;
  const auto model = hub_cache_folder() / name;
  const auto ref = model / "refs" / "main";
  std::error_code error;
  if (!fs::is_regular_file(ref, error)) return std::nullopt;
  auto commit = base::read_file(ref, kRefLimitBytes);
  while (!commit.empty() && commit.back() == '\n') commit.pop_back();
  if (!is_commit(commit) || !fs::is_directory(model / "snapshots" / commit, error)) return std::nullopt;
  return model / "snapshots" / commit;
}

}  // namespace inferometer::models
