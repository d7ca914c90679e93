#include "campaign/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::campaign {
namespace {

using base::UserError;

std::string at(const std::string& origin, const YAML::Mark& mark) {
  const auto file = base::printable(origin);
  return mark.is_null() ? file + ": " : fmt::format("{}:{}:{}: ", file, mark.line + 1, mark.column + 1);
}

/// Refuses what makes a small file large or strange, before anything is built of it.
class Guard final : public YAML::EventHandler {
 public:
  explicit Guard(const std::string& origin) : origin_(origin) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document begins; a suite file has one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(mark, "", anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "found an alias (*NAME); aliases are off: write the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string&) override {
    check(mark, tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check(mark, tag, anchor);
    if (++depth_ > kMostYamlDepth) refuse(mark, fmt::format("nested deeper than {} levels", kMostYamlDepth));
  }
  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor) refuse(mark, "found an anchor (&NAME); anchors are off: leave it out");
    // What the parser itself calls plain and quoted.
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(mark, "found the tag '" + base::printable(tag, 60) + "'; tags are off: leave it out");
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why) const {
    throw UserError(at(origin_, mark) + why);
  }

  std::string origin_;
  int depth_ = 0;
  int documents_ = 0;
};

void guard(const std::string& text, const std::string& origin) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Guard guard(origin);
  while (parser.HandleNextDocument(guard)) {
  }
}

bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

}  // namespace

YamlPlace YamlPlace::parse(std::string_view text, const std::string& origin) {
  if (text.size() > kMostYamlBytes) {
    throw UserError(fmt::format("{}: {} bytes; a suite file has at most {}", base::printable(origin),
                                text.size(), kMostYamlBytes));
  }
  if (text.find('\0') != std::string_view::npos)
    throw UserError(base::printable(origin) + ": byte " + std::to_string(text.find('\0')) +
                    " is 0: this is no text file");
  try {
    guard(std::string(text), origin);
    return {YAML::Load(std::string(text)), origin, ""};
  } catch (const YAML::Exception& error) {
    throw UserError(at(origin, error.mark) + "not YAML: " + base::printable(error.msg));
  }
}

YamlPlace YamlPlace::below(const YAML::Node& node, const std::string& step) const {
  const bool is_index = step.starts_with('[');
  return {node, origin_, path_ + (path_.empty() || is_index ? "" : ".") + step};
}

std::vector<std::pair<std::string, YamlPlace>> YamlPlace::members(
    const std::vector<std::string>& allowed) const {
  std::vector<std::pair<std::string, YamlPlace>> members;
  if (node_.IsNull()) return members;
  if (!node_.IsMap())
    fail(fmt::format("{}; write KEY: VALUE lines (known: {})", found(), base::join(allowed, ", ")));
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const YamlPlace key(entry.first, origin_, path_);
    if (!entry.first.IsScalar()) key.fail("a key is a single word");
    const std::string name = entry.first.Scalar();
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      key.fail(base::unknown_word("key", name, allowed));
    if (!seen.insert(name).second) key.fail("key '" + name + "' is given twice; leave one of them out");
    members.emplace_back(name, below(entry.second, name));
  }
  return members;
}

std::vector<YamlPlace> YamlPlace::items() const {
  if (!node_.IsSequence() || node_.size() == 0)
    fail(found() + "; write a list of at least one, for example [1, 4]");
  std::vector<YamlPlace> items;
  for (const auto& item : node_) items.push_back(below(item, fmt::format("[{}]", items.size())));
  return items;
}

std::string YamlPlace::scalar(const std::string& wanted) const {
  if (!node_.IsScalar()) fail(found() + "; write " + wanted);
  return node_.Scalar();
}

std::string YamlPlace::text() const {
  auto text = scalar("a text");
  if (text.empty()) fail("the text is empty");
  if (text.find('\0') != std::string::npos) fail("the text holds a byte that is 0");
  return text;
}

std::string YamlPlace::word(const std::string& kind, const std::vector<std::string>& allowed) const {
  auto text = scalar(base::join(allowed, ", "));
  if (std::find(allowed.begin(), allowed.end(), text) == allowed.end())
    fail(base::unknown_word(kind, text, allowed));
  return text;
}

std::int64_t YamlPlace::whole(std::int64_t least, std::int64_t most) const {
  const auto wanted = fmt::format("a whole number from {} to {}, in decimal digits", least, most);
  const auto text = scalar(wanted);
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  // 08 is octal to some readers of YAML and text to others.
  const bool plain = !is_quoted(node_) && (text == "0" || !text.starts_with('0'));
  if (!plain || error != std::errc() || stopped != end || value < least || value > most)
    fail(found() + "; write " + wanted);
  return value;
}

double YamlPlace::positive(double most) const {
  const auto wanted = fmt::format("a number above 0 and at most {:g}", most);
  const auto text = scalar(wanted);
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (is_quoted(node_) || error != std::errc() || stopped != end || !(value > 0 && value <= most))
    fail(found() + "; write " + wanted);
  return value;
}

std::string YamlPlace::found() const {
  if (node_.IsMap()) return "found a mapping";
  if (node_.IsSequence()) return node_.size() == 0 ? "found an empty list" : "found a list";
  if (!node_.IsScalar()) return "found nothing";
  const auto shown = base::printable(node_.Scalar(), 60);
  return is_quoted(node_) ? "found the text '" + shown + "'" : "found '" + shown + "'";
}

void YamlPlace::fail(const std::string& message) const {
  throw UserError(at(origin_, node_.Mark()) + (path_.empty() ? "" : path_ + ": ") + message);
}

}  // namespace inferometer::campaign
