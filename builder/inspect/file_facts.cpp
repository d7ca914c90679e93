#include "builder/inspect/file_facts.h"

#include "base/error.h"
#include "base/text.h"

namespace inferometer::builder {

std::vector<results::Dimension> dimensions_of(const std::vector<std::int64_t>& shape, const std::string& name,
                                              const std::filesystem::path& file, int& nameless) {
  std::vector<results::Dimension> dimensions;
  for (const std::int64_t size : shape) {
    if (size == 0) {
      throw base::UserError(file.string() + ": dimension " + std::to_string(dimensions.size()) +
                            " of input " + base::in_quotes(name) +
                            " is 0 (1 or more, or an open one, is allowed): export the model again");
    }
    auto& dimension = dimensions.emplace_back();
    if (size > 0)
      dimension.size = size;
    else
      dimension.name = "?" + std::to_string(nameless++);
  }
  return dimensions;
}

std::string commonest_float(const std::map<std::string, double>& bytes_of_type) {
  std::string most = "float32";
  double most_bytes = 0;
  for (const auto& [type, bytes] : bytes_of_type) {
    if (type.find("float") == std::string::npos || bytes <= most_bytes) continue;
    most = type;
    most_bytes = bytes;
  }
  return most;
}

void note_missing_parent(results::ModelInfo& info, const std::string& precision) {
  info.has_parent = false;
  info.remarks.push_back("weights are " + precision + ": there is no float32 parent to hold outputs against");
}

}  // namespace inferometer::builder
