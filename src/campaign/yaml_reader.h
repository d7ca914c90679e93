// A YAML file of the user's, bounded before it is read, and read with messages that name file, line and
// column.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inferometer::campaign {

/// Far more than a suite needs.
constexpr std::uint64_t kMostYamlBytes = 256 * 1024;
constexpr int kMostYamlDepth = 16;

/// One value and its place. Every member throws base::UserError for what it may not be:
/// "suite.yaml:3:7: batch_sizes[1]: found 'two'; ...".
class YamlPlace {
 public:
  /// The root. `origin` (the file as the user named it) starts every message. Throws for a text that is no
  /// YAML, is longer or deeper than the limits, has two documents, an anchor, an alias or a tag.
  static YamlPlace parse(std::string_view text, const std::string& origin);

  bool is_map() const { return node_.IsMap(); }
  /// Key and value in the order of the file; none where nothing is written. Throws when it is no mapping, for
  /// a key that is not in `allowed` (with the nearest) and for one that is given twice.
  std::vector<std::pair<std::string, YamlPlace>> members(const std::vector<std::string>& allowed) const;
  /// At least one. Throws when it is no list.
  std::vector<YamlPlace> items() const;
  /// A text that is not empty.
  std::string text() const;
  /// One of `allowed`; `kind` names what it is.
  std::string word(const std::string& kind, const std::vector<std::string>& allowed) const;
  std::int64_t whole(std::int64_t least, std::int64_t most) const;
  /// Above 0 and at most `most`.
  double positive(double most) const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  YamlPlace(const YAML::Node& node, std::string origin, std::string path)
      : node_(node), origin_(std::move(origin)), path_(std::move(path)) {}
  YamlPlace below(const YAML::Node& node, const std::string& step) const;
  std::string found() const;
  /// As written; throws unless it is a scalar.
  std::string scalar(const std::string& wanted) const;

  YAML::Node node_;
  std::string origin_;
  std::string path_;  ///< "phases[2].batch_sizes"; empty for the root
};

}  // namespace inferometer::campaign
