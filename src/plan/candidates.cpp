#include "plan/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "base/field_error.h"
#include "base/text.h"
#include "plan/checks.h"
#include "plan/runnable.h"
#include "plan/sets.h"

namespace inferometer::plan {
namespace {

using base::FieldError;
using results::AvailableVariant;
using results::Capabilities;
using results::Configuration;

/// What every candidate of a model is made of.
struct Source {
  const Request& request;
  const Model& model;
  const std::vector<Capabilities>& engines;
};
using Add = std::function<void(Choice)>;

int default_threads(const Request& request, const Capabilities& engine) {
  return engine.multi_threaded ? std::max(1, request.free_cpus) : 1;
}

/// Those asked for, or the engine's default. One that it does not offer becomes a skipped candidate later.
std::vector<std::string> devices_of(const Capabilities& engine, const Request& request) {
  if (!request.devices.empty()) return request.devices;
  return {engine.devices.empty() ? results::Device().id : engine.devices.front().id};
}

/// Sets `name` of an explicit candidate.
void set_word(Choice& choice, const OptionValue& word, const Source& source, const char* field) {
  auto& configuration = choice.configuration;
  const auto& engine = engine_named(configuration.engine, source.engines, field);
  if (word.name == "precision") {
    check_precision(word.value, field);
    configuration.precision = word.value;
  } else if (word.name == "threads") {
    configuration.threads = parse_threads(word.value, source.request, field);
  } else if (word.name == "device") {
    const auto offered = device_ids(engine);
    if (std::find(offered.begin(), offered.end(), word.value) == offered.end())
      throw FieldError(field, base::unknown_word("device of " + engine.engine, word.value, offered));
    configuration.device = word.value;
  } else if (word.name == "variant") {
    choice.variant = variant_named(word.value, source.model, field);
  } else {
    check_option(engine, word, field);
    configuration.options[word.name] = word.value;
  }
}

/// Its threads are 0 and its device is empty where `text` does not name them.
Choice explicit_choice(const std::string& text, const Source& source, const char* field) {
  const auto parts = base::split(text, ',');
  Choice choice{"", source.model.variants.front(), {}};
  auto& configuration = choice.configuration;
  std::tie(configuration.engine, configuration.engine_version) = split_version(parts.front());
  const auto& engine = engine_named(configuration.engine, source.engines, field);
  configuration.precision = engine.precisions.empty() ? "float32" : engine.precisions.front();
  configuration.threads = 0;
  configuration.device.clear();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    if (equals == std::string::npos) {
      throw FieldError(field, fmt::format("'{}': '{}' has no '='; write ENGINE[@VERSION][,NAME=VALUE]...",
                                          base::printable(text), base::printable(parts[i])));
    }
    set_word(choice, {parts[i].substr(0, equals), parts[i].substr(equals + 1)}, source, field);
  }
  return choice;
}

/// A candidate that does not name its threads or its device has every one that is asked for.
void add_open(const Choice& choice, const Source& source, const Add& add) {
  const auto& [request, model, engines] = source;
  const auto& engine = engine_named(choice.configuration.engine, engines, "candidates");
  std::vector<int> threads = {choice.configuration.threads};
  if (threads.front() == 0) {
    threads = {default_threads(request, engine)};
    if (!request.threads.empty()) threads.clear();
    for (const auto& count : request.threads) threads.push_back(parse_threads(count, request, "threads"));
  }
  std::vector<std::string> devices = {choice.configuration.device};
  if (devices.front().empty()) devices = devices_of(engine, request);
  for (const auto& device : devices) {
    for (const auto count : threads) {
      auto one = choice;
      one.configuration.device = device;
      one.configuration.threads = count;
      add(std::move(one));
    }
  }
}

void add_set(const Source& source, const Add& add) {
  const auto& members = members_of(source.request.set);
  if (source.model.variants.size() == 1) {
    throw FieldError("set",
                     fmt::format("{}: no variants can be built of {}, whose format is {} already: give "
                                 "a checkpoint folder or the name of a model",
                                 source.request.set, base::printable(source.model.name),
                                 source.model.info.variant.format));
  }
  for (const auto& [name, candidate] : members) {
    auto choice = explicit_choice(candidate, source, "set");
    choice.name = name;
    add_open(choice, source, add);
  }
}

std::vector<AvailableVariant> chosen_variants(const Source& source) {
  if (source.request.variants.empty()) return {source.model.variants.front()};
  std::vector<AvailableVariant> variants;
  for (const auto& name : source.request.variants)
    variants.push_back(variant_named(name, source.model, "variants"));
  return variants;
}

std::vector<std::string> chosen_engines(const Source& source, const std::vector<AvailableVariant>& variants) {
  if (!source.request.engines.empty()) return source.request.engines;
  std::vector<std::string> names;
  for (const auto& engine : source.engines) {
    // A hidden engine (the null engine) replaces a model only where nothing else can.
    const bool wanted = std::any_of(variants.begin(), variants.end(), [&](const auto& variant) {
      return runs(engine, variant) && (!engine.hidden || engine.engine == variant.variant.format);
    });
    if (wanted) names.push_back(engine.engine);
  }
  return names;
}

/// Where an engine runs one of the variants, that it does not run the others is no news.
bool is_worth_a_word(const Capabilities& engine, const AvailableVariant& variant,
                     const std::vector<AvailableVariant>& variants) {
  return runs(engine, variant) || std::none_of(variants.begin(), variants.end(),
                                               [&](const auto& other) { return runs(engine, other); });
}

/// "onnxruntime.spinning=0" of the request's options, for the engines of the cross product.
std::map<std::string, std::string> options_for(const Request& request, const Capabilities& engine) {
  std::map<std::string, std::string> options;
  for (const auto& [name, value] : request.options) {
    const auto dot = name.find('.');
    if (name.substr(0, dot) == engine.engine) options[name.substr(dot + 1)] = value;
  }
  return options;
}

/// An engine that does not run what the model is gets the first variant that it runs and that needs no
/// toolchain, where the user names none.
std::vector<AvailableVariant> variants_for(const Capabilities& engine, const Source& source,
                                           const std::vector<AvailableVariant>& chosen) {
  if (!source.request.variants.empty() || runs(engine, chosen.front())) return chosen;
  for (const auto& variant : source.model.variants) {
    if (runs(engine, variant) && variant.toolchain.empty()) return {variant};
  }
  return chosen;
}

void add_product(const Source& source, const Add& add) {
  const auto& request = source.request;
  const auto variants = chosen_variants(source);
  const auto precisions =
      request.precisions.empty() ? std::vector<std::string>{"float32"} : request.precisions;
  for (const auto& name : chosen_engines(source, variants)) {
    const auto [engine_name, version] = split_version(name);
    const auto& engine = engine_named(engine_name, source.engines, "engines");
    for (const auto& variant : variants_for(engine, source, variants)) {
      if (!is_worth_a_word(engine, variant, variants)) continue;
      for (const auto& precision : precisions) {
        Choice choice{"", variant, {}};
        choice.configuration.engine = engine_name;
        choice.configuration.engine_version = version;
        choice.configuration.precision = precision;
        choice.configuration.options = options_for(request, engine);
        choice.configuration.device.clear();
        choice.configuration.threads = 0;
        add_open(choice, source, add);
      }
    }
  }
}

}  // namespace

std::vector<Choice> choices(const Request& request, const Model& model,
                            const std::vector<Capabilities>& engines,
                            std::vector<results::SkippedCell>& skipped) {
  check_lists(request, engines);
  const Source source{request, model, engines};
  std::vector<Choice> found;
  const Add add = [&](Choice choice) {
    choice.configuration.variant = to_text(choice.variant.variant);
    const auto& engine = engine_named(choice.configuration.engine, engines, "engines");
    if (can_run(choice, model, engine, skipped)) found.push_back(std::move(choice));
  };
  if (!request.set.empty()) {
    add_set(source, add);
    return found;
  }
  for (const auto& text : request.candidates)
    add_open(explicit_choice(text, source, "candidates"), source, add);
  if (request.candidates.empty() || !request.engines.empty()) add_product(source, add);
  return found;
}

std::string threads_reason(const Request& request) {
  if (!request.threads.empty()) return base::join(request.threads, ", ") + ", as asked";
  return fmt::format("{} ({} of {} CPUs are free)", std::max(1, request.free_cpus), request.free_cpus,
                     request.cpus);
}

}  // namespace inferometer::plan
