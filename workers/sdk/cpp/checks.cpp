#include "sdk/cpp/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "base/text.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker {
namespace {

bool is_integer_between(std::string_view text, std::int64_t minimum, std::int64_t maximum) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && minimum <= value && value <= maximum;
}

void check_value(const protocol::Option& option, const std::string& value) {
  std::string allowed;
  if (option.type == "integer") {
    if (is_integer_between(value, option.minimum, option.maximum)) return;
    allowed = fmt::format("an integer from {} to {}", option.minimum, option.maximum);
  } else {
    const std::vector<std::string> values =
        option.type == "boolean" ? std::vector<std::string>{"0", "1"} : option.values;
    if (std::find(values.begin(), values.end(), value) != values.end()) return;
    allowed = base::join(values, ", ");
  }
  throw EngineError(
      fmt::format("option '{}' is '{}'; allowed: {}", option.name, base::printable(value), allowed));
}

void check_word(std::string_view kind, const std::string& word, std::span<const std::string> allowed) {
  if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
    throw EngineError(base::unknown_word(kind, word, allowed), /*unsupported=*/true);
  }
}

bool fits(const tensors::Shape& shape, const std::vector<std::int64_t>& expected) {
  return expected.empty() ||
         std::equal(shape.begin(), shape.end(), expected.begin(), expected.end(),
                    [](std::int64_t size, std::int64_t wanted) { return wanted < 0 || size == wanted; });
}

void check_input(const protocol::TensorDescription& expected, const tensors::Tensor& given) {
  if (tensors::to_text(given.type()) != expected.dtype) {
    throw EngineError(fmt::format("input '{}' is {}; the model takes {}", expected.name,
                                  tensors::to_text(given.type()), expected.dtype));
  }
  if (!fits(given.shape(), expected.shape)) {
    throw EngineError(fmt::format("input '{}' has shape {}; the model takes {} (-1: any size)", expected.name,
                                  tensors::to_text(given.shape()), tensors::to_text(expected.shape)));
  }
}

std::vector<std::string> names_of(const auto& items, auto name_of) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(name_of(item));
  return names;
}

}  // namespace

std::map<std::string, std::string> complete_options(std::span<const protocol::Option> allowed,
                                                    const std::map<std::string, std::string>& given) {
  const auto names = names_of(allowed, [](const auto& option) { return option.name; });
  for (const auto& [name, value] : given) {
    const auto option = std::find(names.begin(), names.end(), name);
    if (option == names.end()) throw EngineError(base::unknown_word("option", name, names));
    check_value(allowed[static_cast<std::size_t>(option - names.begin())], value);
  }
  std::map<std::string, std::string> options = given;
  for (const auto& option : allowed) {
    if (!option.default_value.empty()) options.emplace(option.name, option.default_value);
  }
  return options;
}

void check_load(const protocol::Description& description, const protocol::Load& request) {
  if (request.parts.empty()) throw EngineError("the artefact has no part");
  std::set<std::string> names;
  for (const auto& part : request.parts) {
    if (!names.insert(part.name).second) throw EngineError("two parts have the name '" + part.name + "'");
  }
  check_word("format", request.format, description.formats);
  check_word("device", request.device,
             names_of(description.devices, [](const auto& device) { return device.id; }));
  check_word("precision", request.precision, description.precisions);
  if (!description.multi_threaded && request.threads != 1) {
    throw EngineError(
        fmt::format("engine '{}' runs on 1 thread; {} were asked for", description.engine, request.threads),
        /*unsupported=*/true);
  }
}

const protocol::LoadPart& only_part(const protocol::Load& request) {
  if (request.parts.size() == 1) return request.parts.front();
  throw EngineError(fmt::format("the artefact has {} parts; this engine takes one", request.parts.size()),
                    /*unsupported=*/true);
}

const std::vector<std::int64_t>& workload_shape(const protocol::LoadPart& part,
                                                const protocol::TensorDescription& input) {
  const auto found = part.shapes.find(input.name);
  if (found == part.shapes.end()) {
    throw EngineError("the workload has no shape for input '" + input.name +
                      "', and the model leaves it open");
  }
  if (!fits(found->second, input.shape)) {
    throw EngineError(
        fmt::format("the workload's shape for input '{}' is {}; the model takes {} (-1: any size)",
                    input.name, tensors::to_text(found->second), tensors::to_text(input.shape)));
  }
  return found->second;
}

void check_inputs(std::span<const protocol::TensorDescription> expected,
                  std::span<const tensors::Tensor> given) {
  const auto expected_names = names_of(expected, [](const auto& input) { return input.name; });
  const auto given_names = names_of(given, [](const auto& input) { return input.name(); });
  for (const auto& name : given_names) {
    if (std::find(expected_names.begin(), expected_names.end(), name) == expected_names.end()) {
      throw EngineError(base::unknown_word("input", name, expected_names));
    }
  }
  for (const auto& input : expected) {
    const auto found = std::find(given_names.begin(), given_names.end(), input.name);
    if (found == given_names.end()) {
      throw EngineError(fmt::format("input '{}' is missing; given: {}", input.name,
                                    given_names.empty() ? "none" : base::join(given_names, ", ")));
    }
    check_input(input, given[static_cast<std::size_t>(found - given_names.begin())]);
  }
}

}  // namespace inferometer::worker
