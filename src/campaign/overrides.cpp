#include "campaign/overrides.h"

#include "base/text.h"

namespace inferometer::campaign {
namespace {

std::vector<std::int64_t> numbers(const std::string& list) {
  std::vector<std::int64_t> all;
  for (const auto& one : base::split(list, ',')) all.push_back(std::stoll(one));
  return all;
}

template <typename T>
void append(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

void set(Overrides& overrides, const std::string& flag, const std::string& value) {
  if (flag == "--mode") overrides.mode = value;
  if (flag == "--batch-sizes") append(overrides.batch_sizes, numbers(value));
  if (flag == "--sequence-lengths") append(overrides.sequence_lengths, numbers(value));
  if (flag == "--threads") append(overrides.threads, base::split(value, ','));
  if (flag == "--budget") overrides.budget_seconds = std::stod(value);
  if (flag == "--margin") overrides.margin_percent = std::stod(value);
}

}  // namespace

void to_json(base::Json& json, const Overrides& overrides) {
  json = {{"mode", overrides.mode},
          {"batch_sizes", overrides.batch_sizes},
          {"sequence_lengths", overrides.sequence_lengths},
          {"threads", overrides.threads}};
  if (overrides.budget_seconds) json["budget_seconds"] = *overrides.budget_seconds;
  if (overrides.margin_percent) json["margin_percent"] = *overrides.margin_percent;
}

void from_json(const base::Json& json, Overrides& overrides) {
  json.at("mode").get_to(overrides.mode);
  json.at("batch_sizes").get_to(overrides.batch_sizes);
  json.at("sequence_lengths").get_to(overrides.sequence_lengths);
  json.at("threads").get_to(overrides.threads);
  if (json.contains("budget_seconds")) overrides.budget_seconds = json.at("budget_seconds").get<double>();
  if (json.contains("margin_percent")) overrides.margin_percent = json.at("margin_percent").get<double>();
}

void apply(const Overrides& overrides, SuiteFile& file) {
  if (!overrides.mode.empty()) file.mode = overrides.mode;
  if (!overrides.threads.empty()) file.threads = overrides.threads;
  if (overrides.budget_seconds) file.budget_seconds = overrides.budget_seconds;
  if (overrides.margin_percent) file.margin_percent = overrides.margin_percent;
  if (!overrides.batch_sizes.empty()) file.batch_sizes = overrides.batch_sizes;
  if (!overrides.sequence_lengths.empty()) file.sequence_lengths = overrides.sequence_lengths;
  for (auto& phase : file.phases) {
    if (!overrides.batch_sizes.empty()) phase.batch_sizes.clear();
    if (!overrides.sequence_lengths.empty()) phase.sequence_lengths.clear();
  }
}

Overrides overrides_from_arguments(const std::vector<std::string>& words) {
  Overrides overrides;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    if (equals != std::string::npos)
      set(overrides, words[i].substr(0, equals), words[i].substr(equals + 1));
    else if (i + 1 < words.size())
      set(overrides, words[i], words[i + 1]);
  }
  return overrides;
}

}  // namespace inferometer::campaign
