#include "plan/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "plan/sets.h"

namespace inferometer::plan {
namespace {

using base::UserError;
using results::Capabilities;
using results::Configuration;

const std::vector<std::string> kPrecisions = {"float32", "float16", "bfloat16"};

std::int64_t parse_integer(const std::string& text, const std::string& what) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UserError(fmt::format("{}: '{}' is not a whole number", what, base::printable(text, 60)));
  }
  return value;
}

const Capabilities& engine_named(const std::string& name, const std::vector<Capabilities>& engines) {
  std::vector<std::string> names;
  for (const auto& engine : engines) {
    if (engine.engine == name) return engine;
    names.push_back(engine.engine);
  }
  throw UserError(base::unknown_word("engine", name, names));
}

/// "onnxruntime@1.31.0" -> name and version.
std::pair<std::string, std::string> split_version(const std::string& text) {
  const auto at = text.find('@');
  return {text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
}

int parse_threads(const std::string& text, const Request& request) {
  if (text == "all") return request.cpus;
  const auto threads = parse_integer(text, "threads");
  if (threads < 1 || threads > request.cpus) {
    throw UserError(fmt::format("threads {}: this process may use {} CPU{}; allowed are 1 to {}, or all",
                                threads, request.cpus, request.cpus == 1 ? "" : "s", request.cpus));
  }
  return static_cast<int>(threads);
}

void check_option(const Capabilities& engine, const std::string& name, const std::string& value) {
  std::vector<std::string> names;
  for (const auto& option : engine.options) {
    names.push_back(option.name);
    if (option.name != name) continue;
    if (option.type == "integer") {
      const auto number = parse_integer(value, engine.engine + " option " + name);
      if (number < option.minimum || number > option.maximum) {
        throw UserError(fmt::format("{} option {}={}: allowed are {} to {}", engine.engine, name, value,
                                    option.minimum, option.maximum));
      }
      return;
    }
    const std::vector<std::string> allowed =
        option.type == "boolean" ? std::vector<std::string>{"0", "1"} : option.values;
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      throw UserError(
          base::unknown_word(fmt::format("value of {} option {}:", engine.engine, name), value, allowed));
    }
    return;
  }
  for (const char* common : {"precision", "threads", "device", "variant"}) names.emplace_back(common);
  throw UserError(base::unknown_word(engine.engine + " option", name, names));
}

void skip(std::vector<results::SkippedCell>& skipped, const results::SkippedCell& cell) {
  const bool known = std::any_of(skipped.begin(), skipped.end(), [&](const auto& other) {
    return other.label == cell.label && other.reason == cell.reason;
  });
  if (!known) skipped.push_back(cell);
}

/// The version to run, or nothing with the reason in `skipped`.
bool choose_version(const Capabilities& engine, Configuration& configuration,
                    std::vector<results::SkippedCell>& skipped) {
  const auto& installed = engine.installed_versions;
  const std::string asked = configuration.engine_version;
  if (asked.empty() && !installed.empty()) {
    configuration.engine_version = installed.front();
    return true;
  }
  if (std::find(installed.begin(), installed.end(), asked) != installed.end()) return true;
  const std::string label = engine.engine + (asked.empty() ? "" : "@" + asked);
  if (engine.package.empty())
    throw UserError(label + ": this engine has no versions; leave '@" + asked + "' out");
  skip(skipped, {label, label + " is not installed",
                 "inferometer packages install " + engine.package + (asked.empty() ? "" : "@" + asked)});
  return false;
}

bool runs(const Capabilities& engine, const results::AvailableVariant& variant) {
  return std::find(engine.formats.begin(), engine.formats.end(), variant.format) != engine.formats.end();
}

/// What to ask for instead of a variant that the engine does not run.
std::string remedy_for(const Capabilities& engine, const Model& model, bool of_lists) {
  for (const auto& variant : model.variants) {
    if (runs(engine, variant)) return of_lists ? "--variants " + variant.name : "variant=" + variant.name;
  }
  return {};
}

bool can_run(const Capabilities& engine, const Model& model, Choice& choice,
             std::vector<results::SkippedCell>& skipped) {
  auto& configuration = choice.configuration;
  const auto label = choice.name.empty() ? engine.engine : choice.name;
  if (!runs(engine, choice.variant)) {
    skip(skipped, {label, fmt::format("{} does not run {} files", engine.engine, choice.variant.format),
                   remedy_for(engine, model, choice.of_lists)});
    return false;
  }
  if (!choice.variant.can_be_made) {
    skip(skipped,
         {choice.name.empty() ? engine.engine + " " + choice.variant.name : choice.name,
          choice.variant.toolchain + " is missing or damaged here, and it makes " + choice.variant.name,
          "inferometer packages install " + choice.variant.toolchain});
    return false;
  }
  const auto& precisions = engine.precisions;
  if (std::find(precisions.begin(), precisions.end(), configuration.precision) == precisions.end()) {
    skip(skipped, {engine.engine + " " + configuration.precision,
                   fmt::format("{} does not compute in {} (it does: {})", engine.engine,
                               configuration.precision, base::join(precisions, ", ")),
                   ""});
    return false;
  }
  std::vector<std::string> devices;
  for (const auto& device : engine.devices) devices.push_back(device.id);
  if (std::find(devices.begin(), devices.end(), configuration.device) == devices.end()) {
    throw UserError(base::unknown_word("device of " + engine.engine, configuration.device, devices));
  }
  return choose_version(engine, configuration, skipped);
}

const results::AvailableVariant& variant_named(const std::string& name, const Model& model) {
  std::vector<std::string> names;
  for (const auto& variant : model.variants) {
    if (variant.name == name) return variant;
    names.push_back(variant.name);
  }
  throw UserError(base::unknown_word("variant of " + base::printable(model.name), name, names));
}

std::vector<results::AvailableVariant> chosen_variants(const Request& request, const Model& model) {
  if (request.variants.empty()) return {model.variants.front()};
  std::vector<results::AvailableVariant> variants;
  for (const auto& name : request.variants) variants.push_back(variant_named(name, model));
  return variants;
}

std::vector<std::string> chosen_engines(const Request& request,
                                        const std::vector<results::AvailableVariant>& variants,
                                        const std::vector<Capabilities>& engines) {
  if (!request.engines.empty()) return request.engines;
  std::vector<std::string> names;
  for (const auto& engine : engines) {
    // A hidden engine (the null engine) stands in for a model only where nothing else can.
    const bool wanted = std::any_of(variants.begin(), variants.end(), [&](const auto& variant) {
      return runs(engine, variant) && (!engine.hidden || engine.engine == variant.format);
    });
    if (wanted) names.push_back(engine.engine);
  }
  return names;
}

/// Where an engine runs one of the variants, that it does not run the others is no news.
bool is_worth_a_word(const Capabilities& engine, const results::AvailableVariant& variant,
                     const std::vector<results::AvailableVariant>& variants) {
  return runs(engine, variant) || std::none_of(variants.begin(), variants.end(),
                                               [&](const auto& other) { return runs(engine, other); });
}

int default_threads(const Request& request, const Capabilities& engine) {
  return engine.multi_threaded ? std::max(1, request.free_cpus) : 1;
}

/// Its threads are 0 where `text` does not name them.
Choice explicit_choice(const std::string& text, const Request& request, const Model& model,
                       const std::vector<Capabilities>& engines) {
  const auto parts = base::split(text, ',');
  Choice choice{"", model.variants.front(), {}, false};
  auto& configuration = choice.configuration;
  std::tie(configuration.engine, configuration.engine_version) = split_version(parts.front());
  const auto& engine = engine_named(configuration.engine, engines);
  configuration.precision = engine.precisions.empty() ? "float32" : engine.precisions.front();
  configuration.threads = 0;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    if (equals == std::string::npos) {
      throw UserError(fmt::format("--candidate '{}': '{}' has no '='; write ENGINE[@VERSION][,NAME=VALUE]...",
                                  base::printable(text), base::printable(parts[i])));
    }
    const auto name = parts[i].substr(0, equals);
    const auto value = parts[i].substr(equals + 1);
    if (name == "precision") {
      if (std::find(kPrecisions.begin(), kPrecisions.end(), value) == kPrecisions.end()) {
        throw UserError(base::unknown_word("precision", value, kPrecisions));
      }
      configuration.precision = value;
    } else if (name == "threads") {
      configuration.threads = parse_threads(value, request);
    } else if (name == "device") {
      configuration.device = value;
    } else if (name == "variant") {
      choice.variant = variant_named(value, model);
    } else {
      check_option(engine, name, value);
      configuration.options[name] = value;
    }
  }
  return choice;
}

/// A candidate that does not name its threads has every count that is asked for.
void add_with_threads(Choice choice, const Request& request, const std::vector<Capabilities>& engines,
                      const std::function<void(Choice)>& add) {
  auto& threads = choice.configuration.threads;
  if (threads == 0 && request.threads.empty())
    threads = default_threads(request, engine_named(choice.configuration.engine, engines));
  if (threads != 0) return add(std::move(choice));
  for (const auto& count : request.threads) {
    threads = parse_threads(count, request);
    add(choice);
  }
}

/// "onnxruntime.spinning=0" of --option, for the engines of the cross product.
std::map<std::string, std::string> options_for(const Request& request, const Capabilities& engine) {
  std::map<std::string, std::string> options;
  for (const auto& [name, value] : request.options) {
    const auto dot = name.find('.');
    if (name.substr(0, dot) != engine.engine) continue;
    const auto option = name.substr(dot + 1);
    check_option(engine, option, value);
    options[option] = value;
  }
  return options;
}

/// A list that nothing would be made of is no request that can be met.
void refuse_idle_lists(const Request& request) {
  if (request.candidates.empty() || !request.engines.empty()) return;
  for (const auto& [flag, given, instead] :
       {std::tuple("--variants", !request.variants.empty(), "variant=V"),
        std::tuple("--precisions", !request.precisions.empty(), "precision=P"),
        std::tuple("--option", !request.options.empty(), "OPTION=VALUE")}) {
    if (!given) continue;
    throw UserError(
        fmt::format("{} is for the engines of --engines, and --candidate alone names none: write "
                    "{} into the candidate, or add --engines",
                    flag, instead));
  }
}

void check_lists(const Request& request, const std::vector<Capabilities>& engines) {
  refuse_idle_lists(request);
  for (const auto& name : request.engines) engine_named(split_version(name).first, engines);
  for (const auto& precision : request.precisions) {
    if (std::find(kPrecisions.begin(), kPrecisions.end(), precision) == kPrecisions.end()) {
      throw UserError(base::unknown_word("precision", precision, kPrecisions));
    }
  }
  for (const auto& [name, value] : request.options) {
    const auto dot = name.find('.');
    if (dot == std::string::npos)
      throw UserError("--option '" + base::printable(name) + "': write ENGINE.NAME=VALUE");
    check_option(engine_named(name.substr(0, dot), engines), name.substr(dot + 1), value);
  }
}

void add_set(const Request& request, const Model& model, const std::vector<Capabilities>& engines,
             const std::function<void(Choice)>& add) {
  const auto& members = members_of(request.set);
  if (model.variants.size() == 1) {
    throw UserError(
        fmt::format("--set {}: no variants can be made of {}, whose format is {} already: give a "
                    "checkpoint folder or the name of a model",
                    request.set, base::printable(model.name), model.summary.format));
  }
  for (const auto& [name, candidate] : members) {
    auto choice = explicit_choice(candidate, request, model, engines);
    choice.name = name;
    add_with_threads(std::move(choice), request, engines, add);
  }
}

void add_product(const Request& request, const Model& model, const std::vector<Capabilities>& engines,
                 const std::function<void(Choice)>& add) {
  const auto variants = chosen_variants(request, model);
  const auto precisions =
      request.precisions.empty() ? std::vector<std::string>{"float32"} : request.precisions;
  for (const auto& name : chosen_engines(request, variants, engines)) {
    const auto [engine_name, version] = split_version(name);
    const auto& engine = engine_named(engine_name, engines);
    auto threads = request.threads;
    if (threads.empty()) threads = {std::to_string(default_threads(request, engine))};
    for (const auto& variant : variants) {
      if (!is_worth_a_word(engine, variant, variants)) continue;
      for (const auto& precision : precisions) {
        for (const auto& count : threads) {
          Choice choice{"", variant, {}, true};
          choice.configuration.engine = engine_name;
          choice.configuration.engine_version = version;
          choice.configuration.precision = precision;
          choice.configuration.threads = parse_threads(count, request);
          choice.configuration.options = options_for(request, engine);
          add(choice);
        }
      }
    }
  }
}

}  // namespace

std::vector<Choice> choices(const Request& request, const Model& model,
                            const std::vector<Capabilities>& engines,
                            std::vector<results::SkippedCell>& skipped) {
  check_lists(request, engines);
  std::vector<Choice> found;
  const auto add = [&](Choice choice) {
    choice.configuration.variant = choice.variant.name;
    if (can_run(engine_named(choice.configuration.engine, engines), model, choice, skipped))
      found.push_back(std::move(choice));
  };
  if (!request.set.empty()) {
    add_set(request, model, engines, add);
    return found;
  }
  for (const auto& text : request.candidates)
    add_with_threads(explicit_choice(text, request, model, engines), request, engines, add);
  if (request.candidates.empty() || !request.engines.empty()) add_product(request, model, engines, add);
  return found;
}

std::string threads_reason(const Request& request) {
  if (!request.threads.empty()) return base::join(request.threads, ", ") + ", as asked";
  return fmt::format("{} ({} of {} CPUs are free)", std::max(1, request.free_cpus), request.free_cpus,
                     request.cpus);
}

}  // namespace inferometer::plan
