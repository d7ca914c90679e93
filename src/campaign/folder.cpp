#include "campaign/folder.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"

namespace inferometer::campaign {

NLOHMANN_JSON_SERIALIZE_ENUM(SuiteEntry::State, {{SuiteEntry::State::Planned, "planned"},
                                                 {SuiteEntry::State::Measured, "measured"},
                                                 {SuiteEntry::State::Failed, "failed"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SuiteEntry, folder, state, record, reason, exit_code)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SuiteState, id, command, overrides, working_folder, started_utc, origin,
                                   file_text, seed, entries)

namespace {

namespace fs = std::filesystem;
using base::UserError;

constexpr int kVersion = 3;
/// It has the words of the command instead of `command` and `overrides`.
constexpr int kVersionWithArguments = 2;
constexpr std::uint64_t kMostStateBytes = 64u << 20;
constexpr std::uint64_t kMostRecordBytes = 4ull << 30;

fs::path state_file(const fs::path& results) { return results / "suite.json"; }

/// A name of ours leads nowhere but into its folder.
bool is_name(const std::string& text) {
  const fs::path path(text);
  return path.filename() == path && text != "." && text != "..";
}

void check(const SuiteState& state, const std::string& file) {
  if (state.entries.empty()) throw UserError(file + ": damaged: it names no experiment");
  for (const auto& entry : state.entries) {
    const auto slash = entry.folder.find('/');
    const bool good = slash != std::string::npos && is_name(entry.folder.substr(0, slash)) &&
                      is_name(entry.folder.substr(slash + 1)) &&
                      (entry.state != SuiteEntry::State::Measured || is_name(entry.record));
    if (!good)
      throw UserError(file + ": damaged: '" + base::printable(entry.folder, 80) + "' is no entry of ours");
  }
}

}  // namespace

fs::path records_folder(const fs::path& results) { return results / "records"; }

fs::path log_file(const fs::path& results) { return results / "benchmark.log"; }

bool has_suite_state(const fs::path& results) {
  std::error_code none;
  return fs::exists(state_file(results), none);
}

SuiteState read_suite_state(const fs::path& results) {
  const auto file = state_file(results);
  const auto shown = base::printable(file.string());
  if (!has_suite_state(results)) {
    throw UserError(fmt::format(
        "{0}: has no suite.json, so no suite has begun there: start it with  inferometer suite FILE --output "
        "{0}",
        base::printable(results.string())));
  }
  auto json = base::parse_json(base::read_file(file, kMostStateBytes), shown);
  try {
    if (!json.is_object()) throw UserError(shown + ": damaged: it is no JSON object");
    const auto version = json.at("schema_version").get<int>();
    if (version == kVersionWithArguments) {
      const auto words = json.at("arguments").get<std::vector<std::string>>();
      json["command"] = base::join(words, " ");
      json["overrides"] = overrides_from_arguments(words);
    } else if (version != kVersion) {
      throw UserError(
          fmt::format("{}: is of version {}, this program reads version {}", shown, version, kVersion));
    }
    for (const auto& entry : json.at("entries")) {
      // The library reads an unknown word as the first of the enumeration.
      if (base::Json(entry.at("state").get<SuiteEntry::State>()) != entry.at("state"))
        throw UserError(shown + ": damaged: the state " + base::printable(entry.at("state").dump(), 40) +
                        " is none of ours");
    }
    auto state = json.get<SuiteState>();
    check(state, shown);
    return state;
  } catch (const base::Json::exception& error) {
    throw UserError(shown + ": damaged: " + base::printable(error.what()));
  }
}

void write_suite_state(const fs::path& results, const SuiteState& state) {
  base::Json json = state;
  json["schema_version"] = kVersion;
  base::write_file_atomically(state_file(results), base::to_line(json) + "\n");
}

std::string keep_record(const fs::path& results, const fs::path& record) {
  const auto name = record.filename().string();
  fs::create_directories(records_folder(results));
  base::write_file_atomically(records_folder(results) / name, base::read_file(record, kMostRecordBytes));
  return name;
}

}  // namespace inferometer::campaign
