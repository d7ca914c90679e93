#include "builder/inputs/make_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "builder/inputs/given_arrays.h"
#include "builder/inputs/sources.h"
#include "builder/inputs/values.h"
#include "builder_client/input_order.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

using builder_client::InputOrder;
using builder_client::InputSets;
using results::ModelInput;

/// Rules for the inputs that nobody gave values for. Throws the one message that names all without a rule.
std::map<std::string, ValueRule> rules_for(const inputs::Request& request, const GivenArrays& given) {
  std::map<std::string, ValueRule> rules;
  std::vector<std::string> open;
  std::vector<std::string> flags;
  for (const ModelInput& input : inputs_of(request)) {
    if (given.by_input.contains(input.name)) continue;
    if (const auto rule = rule_for(input)) {
      rules.emplace(input.name, *rule);
    } else {
      open.push_back(fmt::format("'{}' ({})", base::printable(input.name, 80), input.dtype));
      flags.push_back("--input " + base::shell_word(base::printable(input.name + "=FILE.npy")));
    }
  }
  if (!open.empty()) {
    throw base::UserError(fmt::format("the model does not say which values {} may take: add {}",
                                      base::join(open, ", "), base::join(flags, " ")));
  }
  return rules;
}

/// How many sets there are: as many as the files hold, where they hold more than one.
int count_sets(const GivenArrays& given, const std::map<std::string, ValueRule>& rules, InputSets& made) {
  const GivenArray* several = nullptr;
  for (const auto& [name, array] : given.by_input) {
    if (array.sets == 1) continue;
    if (several != nullptr && several->sets != array.sets) {
      throw base::UserError(
          fmt::format("{} holds {} sets of inputs, but {} holds {}: they must agree (or be one)",
                      several->shown, several->sets, array.shown, array.sets));
    }
    several = &array;
  }
  if (several != nullptr) {
    if (several->sets < inputs::kSets)
      made.unequal.push_back(fmt::format("{} sets only: {} holds no more", several->sets, several->shown));
    if (several->sets > inputs::kSets) {
      made.unequal.push_back(fmt::format("the first {} of {} sets in {} are used", inputs::kSets,
                                         several->sets, several->shown));
    }
    return static_cast<int>(std::min<std::int64_t>(several->sets, inputs::kSets));
  }
  if (std::ranges::any_of(rules, [](const auto& rule) { return rule.second.varies(); })) return inputs::kSets;
  made.unequal.push_back(given.by_input.empty() ? "one set only: all values are constant"
                                                : fmt::format("one set only: {} holds one",
                                                              given.by_input.begin()->second.shown));
  return 1;
}

/// "file ids.npy; known names, seed 7".
std::string describe_values(const InputOrder& order, const GivenArrays& given,
                            const std::map<std::string, ValueRule>& rules) {
  std::vector<std::string> origins;
  const auto add = [&](const std::string& origin) {
    if (std::ranges::find(origins, origin) == origins.end()) origins.push_back(origin);
  };
  for (const ModelInput& input : inputs_of(order.request)) {
    if (const auto array = given.by_input.find(input.name); array != given.by_input.end())
      add(array->second.shown);
  }
  bool random = false;
  for (const ModelInput& input : inputs_of(order.request)) {
    const auto rule = rules.find(input.name);
    if (rule == rules.end()) continue;
    add(rule->second.origin);
    random = random || rule->second.varies();
  }
  return base::join(origins, "; ") + (random ? fmt::format(", seed {}", order.request.seed) : "");
}

}  // namespace

base::Json make_inputs(const base::Json& json) {
  const InputOrder order = builder_client::input_order_from_json(json);
  InputSets made;
  made.shapes = inputs::resolve_shapes(order.request);
  const GivenArrays given =
      read_sources(order.request, made.shapes, sources_of(order.request, made.shapes, order.folder));
  made.unequal = given.remarks;
  const auto rules = rules_for(order.request, given);
  const int sets = count_sets(given, rules, made);
  made.values = describe_values(order, given, rules);
  for (int set = 0; set < sets; ++set) {
    std::vector<tensors::Tensor> tensors;
    for (const ModelInput& input : inputs_of(order.request)) {
      const auto& shape = made.shapes.at(input.name);
      const auto array = given.by_input.find(input.name);
      tensors.push_back(array != given.by_input.end()
                            ? part_for_set(array->second, shape, set)
                            : make_values(input, shape, rules.at(input.name), {order.request.seed, set}));
      tensors.back().rename(input.name);
    }
    made.sets.push_back(order.folder / fmt::format("set-{}.safetensors", set));
    tensors::write_safetensors(made.sets.back(), tensors);
  }
  return to_json(made);
}

}  // namespace inferometer::builder
