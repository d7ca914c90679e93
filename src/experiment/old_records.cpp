#include "experiment/old_records.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace inferometer::experiment {
namespace {

/// Values by flag, for "--flag value" and "--flag=value". A flag without a value takes the word after it,
/// which nobody asks for.
std::multimap<std::string, std::string> flags_of(const std::vector<std::string>& words) {
  std::multimap<std::string, std::string> flags;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("-")) continue;
    const auto equals = words[i].find('=');
    if (equals != std::string::npos)
      flags.emplace(words[i].substr(0, equals), words[i].substr(equals + 1));
    else if (i + 1 < words.size())
      flags.emplace(words[i], words[i + 1]);
  }
  return flags;
}

}  // namespace

void fill_from_arguments(results::Plan& plan) {
  const auto flags = flags_of(plan.arguments);
  const auto path = [&](const std::string& word) {
    return (std::filesystem::path(plan.folder) / word).lexically_normal().string();
  };
  // NAME=FILE or FORMAT=FILE, with the path made absolute; a bare FILE has no name.
  const auto pair = [&](const std::string& word) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return std::pair<std::string, std::string>("", path(word));
    return std::pair(word.substr(0, equals), path(word.substr(equals + 1)));
  };
  for (const auto& [flag, value] : flags) {
    if (flag == "--input") plan.inputs.files.insert(pair(value));
    if (flag == "--texts") plan.inputs.texts = path(value);
    if (flag == "--images") plan.inputs.images = path(value);
    if (flag == "--image-scaling") plan.inputs.image_scaling = value;
    if (flag == "-o") plan.reports.format = value;
    if (flag == "--output") plan.reports.folder = path(value);
    if (flag == "--export") {
      const auto [format, file] = pair(value);
      plan.reports.exports.push_back(format + "=" + file);
    }
    // A part of a suite kept the words that resumed the suite.
    if (flag == "--resume") plan.suite_folder = path(value);
  }
}

}  // namespace inferometer::experiment
