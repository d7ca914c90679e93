#include "models/hub_cache.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <regex>
#include <set>
#include <string_view>

#include "base/files.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRefLimitBytes = 1024;

fs::path folder_of(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return {};
  const std::string_view text(value);
  // Where no shell has read it, "~/" is still there.
  const char* home = std::getenv("HOME");
  if (text.starts_with("~/") && home != nullptr) return fs::path(home) / text.substr(2);
  return fs::absolute(text);
}

bool is_commit(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// model-00001-of-00003.safetensors and its like: nothing else tells how many there are.
bool has_all_shards(const fs::path& snapshot) {
  static const std::regex shard("model-([0-9]{5})-of-([0-9]{5})\\.safetensors");
  std::set<std::string> present;
  std::string total;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(snapshot, error)) {
    const auto name = entry.path().filename().string();
    std::smatch parts;
    if (!std::regex_match(name, parts, shard) || !fs::exists(entry.path(), error)) continue;
    present.insert(parts[1]);
    total = parts[2];
  }
  return !total.empty() && present.size() == std::stoul(total);
}

bool is_whole(const fs::path& snapshot) {
  std::error_code error;
  if (!fs::exists(snapshot / "config.json", error)) return false;
  if (fs::exists(snapshot / "model.safetensors", error)) return true;
  return fs::exists(snapshot / "model.safetensors.index.json", error) && has_all_shards(snapshot);
}

}  // namespace

fs::path hub_home() {
  if (const auto home = folder_of("HF_HOME"); !home.empty()) return home;
  if (const auto cache = folder_of("XDG_CACHE_HOME"); !cache.empty()) return cache / "huggingface";
  return folder_of("HOME") / ".cache" / "huggingface";
}

fs::path hub_cache_folder() {
  for (const char* variable : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (const auto hub = folder_of(variable); !hub.empty()) return hub;
  }
  return hub_home() / "hub";
}

bool is_switched_on(const char* variable) {
  const char* value = std::getenv(variable);
  std::string word = value == nullptr ? "" : value;
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::toupper(c); });
  return word == "1" || word == "ON" || word == "YES" || word == "TRUE";
}

bool hub_is_offline() {
  const char* value = std::getenv("HF_HUB_OFFLINE");
  const bool said = value != nullptr && *value != '\0';
  return is_switched_on(said ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE");
}

bool is_hub_id(const std::string& name) {
  static const std::regex id("[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*");
  constexpr std::size_t kMostLetters = 96;
  return name.size() <= kMostLetters && name.find("--") == std::string::npos &&
         name.find("..") == std::string::npos && !name.ends_with('.') && !name.ends_with('-') &&
         std::regex_match(name, id);
}

std::string hub_folder_name(const std::string& id) {
  std::string name = "models--";
  for (const char letter : id) name += letter == '/' ? std::string("--") : std::string(1, letter);
  const bool plain = !id.empty() && std::count(id.begin(), id.end(), '/') <= 1 && !id.starts_with('/') &&
                     !id.starts_with('.');
  return plain ? name : std::string();
}

std::optional<fs::path> cached_snapshot(const std::string& id) {
  const auto name = hub_folder_name(id);
  if (name.empty()) return std::nullopt;
  const auto model = hub_cache_folder() / name;
  const auto ref = model / "refs" / "main";
  std::error_code error;
  if (!fs::is_regular_file(ref, error)) return std::nullopt;
  auto commit = base::read_file(ref, kRefLimitBytes);
  while (!commit.empty() && commit.back() == '\n') commit.pop_back();
  if (!is_commit(commit) || !is_whole(model / "snapshots" / commit)) return std::nullopt;
  return model / "snapshots" / commit;
}

}  // namespace inferometer::models
