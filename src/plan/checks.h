// Words of a request against what engines say that they can do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/plan.h"

namespace inferometer::plan {

// Each throws base::FieldError with `field` and the nearest known word.
const results::Capabilities& engine_named(const std::string& name,
                                          const std::vector<results::Capabilities>& engines,
                                          const char* field);
int parse_threads(const std::string& text, const Request& request, const char* field);
void check_precision(const std::string& precision, const char* field);
const results::AvailableVariant& variant_named(const std::string& name, const Model& model,
                                               const char* field);

/// One option of an engine with its value.
struct OptionValue {
  std::string name;
  std::string value;
};
void check_option(const results::Capabilities& engine, const OptionValue& option, const char* field);

/// "onnxruntime@1.31.0" -> name and version.
std::pair<std::string, std::string> split_version(const std::string& text);

/// Ids of the devices that an engine offers, its default first.
std::vector<std::string> device_ids(const results::Capabilities& engine);

bool runs(const results::Capabilities& engine, const results::AvailableVariant& variant);

/// The lists of a request: known engines, devices, precisions and options, and none that nothing would be
/// made of.
void check_lists(const Request& request, const std::vector<results::Capabilities>& engines);

}  // namespace inferometer::plan
