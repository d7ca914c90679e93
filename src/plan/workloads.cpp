#include "plan/workloads.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/field_error.h"
#include "base/text.h"

namespace inferometer::plan {
namespace {

using results::Scenario;
using results::ScenarioKind;

constexpr std::int64_t kDefaultLength = 128;
constexpr std::int64_t kDefaultNewTokens = 32;

bool has_sequence(const Model& model) {
  const auto is_open_sequence = [](const results::Dimension& one) {
    return one.size == 0 && one.role == "sequence";
  };
  return std::any_of(entry_part(model.info).inputs.begin(), entry_part(model.info).inputs.end(),
                     [&](const auto& input) {
                       return std::any_of(input.shape.begin(), input.shape.end(), is_open_sequence);
                     });
}

template <typename Predicate>
void require_model(const Request& request, const char* field, const std::string& missing, Predicate has) {
  if (std::any_of(request.models.begin(), request.models.end(), has)) return;
  throw base::FieldError(field, "no model here " + missing + "; leave it out");
}

void check_positive(const char* field, const std::vector<std::int64_t>& lengths) {
  for (const auto length : lengths) {
    if (length < 1) throw base::FieldError(field, fmt::format("found {}, allowed is 1 or more", length));
  }
}

std::vector<std::int64_t> lengths_or_default(const std::vector<std::int64_t>& asked, const Model& model) {
  if (!asked.empty()) return asked;
  const auto limit = model.info.max_sequence_length;
  return {limit > 0 ? std::min(kDefaultLength, limit) : kDefaultLength};
}

}  // namespace

void check_lengths(const Request& request) {
  check_positive("sequence_lengths", request.sequence_lengths);
  check_positive("prompt_lengths", request.prompt_lengths);
  if (request.new_tokens) check_positive("new_tokens", {*request.new_tokens});
  const auto generates = [](const Model& model) { return model.generates; };
  if (!request.prompt_lengths.empty()) require_model(request, "prompt_lengths", "generates text", generates);
  if (request.new_tokens) require_model(request, "new_tokens", "generates text", generates);
  if (request.sequence_lengths.empty()) return;
  require_model(request, "sequence_lengths",
                "has a sequence dimension (one that generates has a prompt length)",
                [](const Model& model) { return has_sequence(model) && !model.generates; });
}

std::vector<results::Workload> workloads_of(const Model& model, const Request& request) {
  std::vector<results::Workload> workloads;
  for (const auto batch_size :
       request.batch_sizes.empty() ? std::vector<std::int64_t>{1} : request.batch_sizes) {
    results::Workload workload;
    workload.model = model.name;
    workload.batch_size = batch_size;
    workload.dims = request.dims;
    if (model.generates) {
      for (const auto length : lengths_or_default(request.prompt_lengths, model)) {
        workload.scenario = {ScenarioKind::Generate, length, request.new_tokens.value_or(kDefaultNewTokens)};
        workloads.push_back(workload);
      }
    } else if (has_sequence(model)) {
      for (const auto length : lengths_or_default(request.sequence_lengths, model)) {
        workload.sequence_length = length;
        workloads.push_back(workload);
      }
    } else {
      workloads.push_back(workload);
    }
  }
  return workloads;
}

std::string input_signature(const Model& model) {
  std::vector<std::string> parts;
  for (const auto& input : entry_part(model.info).inputs) {
    auto& part = parts.emplace_back(input.name + " " + input.dtype);
    // Open dimensions are bound alike for all; a fixed size is other work.
    for (const auto& dimension : input.shape) part += fmt::format(" {}", dimension.size);
  }
  std::sort(parts.begin(), parts.end());
  return base::join(parts, ";");
}

}  // namespace inferometer::plan
