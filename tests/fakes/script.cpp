#include "tests/fakes/script.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "tests/fakes/faults.h"

namespace inferometer::fakes {
namespace {

constexpr std::uint64_t kMaxScriptBytes = 1u << 20;

void set(Script& script, const std::string& key, const base::Json& value) {
  static const std::vector<std::string> keys = {"fault", "phase", "run_ns"};
  if (key == "fault") {
    script.fault = value.get<std::string>();
    if (!known_faults().contains(script.fault)) throw base::UserError("unknown fault '" + script.fault + "'");
  } else if (key == "phase") {
    static const std::vector<std::string> phases = {"hello",     "load", "compile", "bind",
                                                    "first_run", "run",  "outputs", "close"};
    script.phase = value.get<std::string>();
    if (std::find(phases.begin(), phases.end(), script.phase) == phases.end()) {
      throw base::UserError(base::unknown_word("phase", script.phase, phases));
    }
  } else if (key == "run_ns") {
    script.run_ns = value.get<std::int64_t>();
  } else {
    throw base::UserError(base::unknown_word("key", key, keys));
  }
}

}  // namespace

Script script_from_words(const std::string& words) {
  Script script;
  for (const std::string& word : base::split(words, ',')) {
    if (word.empty()) continue;
    const auto equals = std::min(word.find('='), word.size() - 1);
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    set(script, key, key == "run_ns" ? base::parse_json(value, "--library") : base::Json(value));
  }
  return script;
}

Script script_from_file(const std::string& file, Script script) {
  const base::Json json = base::parse_json(base::read_file(file, kMaxScriptBytes), file);
  for (const auto& [key, value] : json.items()) set(script, key, value);
  return script;
}

}  // namespace inferometer::fakes
