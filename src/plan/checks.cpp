#include "plan/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "base/field_error.h"
#include "base/text.h"

namespace inferometer::plan {
namespace {

using base::FieldError;
using results::Capabilities;

const std::vector<std::string> kPrecisions = {"float32", "float16", "bfloat16"};

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::int64_t parse_integer(const std::string& text, const std::string& what, const char* field) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  throw FieldError(field, fmt::format("{}'{}' is not a whole number", what, base::printable(text, 60)));
}

void check_value(const Capabilities& engine, const results::EngineOption& option, const std::string& value,
                 const char* field) {
  const auto what = engine.engine + " option " + option.name;
  if (option.type == "integer") {
    const auto number = parse_integer(value, what + ": ", field);
    if (number >= option.minimum && number <= option.maximum) return;
    throw FieldError(field,
                     fmt::format("{}={}: allowed are {} to {}", what, value, option.minimum, option.maximum));
  }
  const auto allowed = option.type == "boolean" ? std::vector<std::string>{"0", "1"} : option.values;
  if (!contains(allowed, value))
    throw FieldError(field, base::unknown_word("value of " + what + ":", value, allowed));
}

/// A list that nothing would be made of is no request that can be met.
void check_no_idle_list(const Request& request) {
  if (request.candidates.empty() || !request.engines.empty()) return;
  for (const auto& [field, given, instead] :
       {std::tuple("variants", !request.variants.empty(), "variant=V"),
        std::tuple("precisions", !request.precisions.empty(), "precision=P"),
        std::tuple("options", !request.options.empty(), "OPTION=VALUE")}) {
    if (!given) continue;
    throw FieldError(field, fmt::format("applies to listed engines, and explicit candidates alone list none: "
                                        "write {} into the candidate, or list engines too",
                                        instead));
  }
}

void check_devices(const Request& request, const std::vector<Capabilities>& engines) {
  std::set<std::string> known;
  for (const auto& engine : engines) {
    for (const auto& id : device_ids(engine)) known.insert(id);
  }
  for (const auto& device : request.devices) {
    if (known.contains(device)) continue;
    throw FieldError("devices", base::unknown_word("device", device,
                                                   std::vector<std::string>(known.begin(), known.end())));
  }
}

}  // namespace

const Capabilities& engine_named(const std::string& name, const std::vector<Capabilities>& engines,
                                 const char* field) {
  std::vector<std::string> names;
  for (const auto& engine : engines) {
    if (engine.engine == name) return engine;
    names.push_back(engine.engine);
  }
  throw FieldError(field, base::unknown_word("engine", name, names));
}

int parse_threads(const std::string& text, const Request& request, const char* field) {
  if (text == "all") return request.cpus;
  const auto threads = parse_integer(text, "", field);
  if (threads >= 1 && threads <= request.cpus) return static_cast<int>(threads);
  throw FieldError(
      field, fmt::format("{} threads: this process may use {} CPU{}; allowed are 1 to {}, or all", threads,
                         request.cpus, request.cpus == 1 ? "" : "s", request.cpus));
}

void check_precision(const std::string& precision, const char* field) {
  if (!contains(kPrecisions, precision))
    throw FieldError(field, base::unknown_word("precision", precision, kPrecisions));
}

const results::AvailableVariant& variant_named(const std::string& name, const Model& model,
                                               const char* field) {
  std::vector<std::string> names;
  for (const auto& variant : model.variants) {
    names.push_back(to_text(variant.variant));
    if (names.back() == name) return variant;
  }
  throw FieldError(field, base::unknown_word("variant of " + base::printable(model.name), name, names));
}

void check_option(const Capabilities& engine, const OptionValue& option, const char* field) {
  std::vector<std::string> names;
  for (const auto& known : engine.options) {
    if (known.name == option.name) return check_value(engine, known, option.value, field);
    names.push_back(known.name);
  }
  for (const char* common : {"precision", "threads", "device", "variant"}) names.emplace_back(common);
  throw FieldError(field, base::unknown_word(engine.engine + " option", option.name, names));
}

std::pair<std::string, std::string> split_version(const std::string& text) {
  const auto at = text.find('@');
  return {text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
}

std::vector<std::string> device_ids(const Capabilities& engine) {
  std::vector<std::string> ids;
  for (const auto& device : engine.devices) ids.push_back(device.id);
  return ids;
}

bool runs(const Capabilities& engine, const results::AvailableVariant& variant) {
  return contains(engine.formats, variant.variant.format);
}

void check_lists(const Request& request, const std::vector<Capabilities>& engines) {
  check_no_idle_list(request);
  check_devices(request, engines);
  for (const auto& name : request.engines) engine_named(split_version(name).first, engines, "engines");
  for (const auto& precision : request.precisions) check_precision(precision, "precisions");
  for (const auto& [name, value] : request.options) {
    const auto dot = name.find('.');
    if (dot == std::string::npos)
      throw FieldError("options", "'" + base::printable(name) + "': write ENGINE.NAME=VALUE");
    check_option(engine_named(name.substr(0, dot), engines, "options"), {name.substr(dot + 1), value},
                 "options");
  }
}

}  // namespace inferometer::plan
