#include "builder/inspect/dimension_roles.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>
#include <string_view>

namespace inferometer::builder {
namespace {

constexpr std::string_view kBatch = "batch";
constexpr std::string_view kSequence = "sequence";

constexpr std::array<std::string_view, 7> kBatchNames = {
    "batch", "batch_size", "batchsize", "batch_dim", "batch_axis", "dynamic_batch", "bs"};
constexpr std::array<std::string_view, 9> kSequenceNames = {
    "sequence",       "sequence_length",    "seq", "seq_len", "seq_length", "seqlen", "max_seq_len",
    "max_seq_length", "max_sequence_length"};
constexpr std::array kOfTokens = {results::Meaning::TokenIds, results::Meaning::AttentionMask,
                                  results::Meaning::TokenTypes, results::Meaning::Positions};

bool contains(const auto& list, const auto& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

std::string_view role_of_name(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (contains(kBatchNames, std::string_view(lower)) || name == "N" || name == "B") return kBatch;
  if (contains(kSequenceNames, std::string_view(lower))) return kSequence;
  return {};
}

void give(results::ModelInput& input, std::size_t index, std::string_view role) {
  const bool taken = std::any_of(input.shape.begin(), input.shape.end(),
                                 [&](const results::Dimension& other) { return other.role == role; });
  auto& dimension = input.shape[index];
  if (dimension.size == 0 && dimension.role.empty() && !taken) dimension.role = role;
}

void assign_by_place(results::ModelInput& input) {
  const std::size_t rank = input.shape.size();
  const bool integer = input.dtype == "int64" || input.dtype == "int32";
  const bool text = contains(kOfTokens, input.meaning);
  const bool both_open = rank == 2 && input.shape[0].size == 0 && input.shape[1].size == 0;
  if (rank >= 2) give(input, 0, kBatch);
  if (rank == 2 && (text || (integer && both_open))) give(input, 1, kSequence);
}

}  // namespace

void assign_roles(std::vector<results::ModelInput>& inputs) {
  std::map<std::string, std::string> role_of;
  for (auto& input : inputs) {
    for (auto& dimension : input.shape) {
      if (dimension.size == 0) dimension.role = role_of_name(dimension.name);
    }
    assign_by_place(input);
    for (const auto& dimension : input.shape) {
      if (!dimension.role.empty()) role_of.emplace(dimension.name, dimension.role);
    }
  }
  for (auto& input : inputs) {
    for (auto& dimension : input.shape) {
      const auto known = role_of.find(dimension.name);
      if (dimension.size == 0 && dimension.role.empty() && known != role_of.end())
        dimension.role = known->second;
    }
  }
}

}  // namespace inferometer::builder
