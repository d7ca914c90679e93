// schema/protocol.md says what the code does: its examples are real lines, its tables have every field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "protocol/codec.h"
#include "protocol/fields.h"
#include "protocol/type_names.h"

namespace inferometer::protocol {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& file) {
  const char* const source = std::getenv("INFEROMETER_TEST_SOURCE");
  const std::filesystem::path folder = source == nullptr ? "." : source;
  return base::split(base::read_file(folder / "schema" / file, 1 << 20), '\n');
}

const std::vector<std::string>& lines_of_schema() {
  static const std::vector<std::string> lines = lines_of("protocol.md");
  return lines;
}

std::vector<std::string> lines_after(const std::string& mark) {
  std::vector<std::string> found;
  for (const auto& line : lines_of_schema()) {
    if (line.starts_with(mark + "{")) found.push_back(line.substr(mark.size()));
  }
  return found;
}

/// The text from the heading of a message to the next heading.
std::string section(const std::string& heading) {
  std::string text;
  bool inside = false;
  for (const auto& line : lines_of_schema()) {
    if (line.starts_with("#")) inside = line == heading;
    if (inside) text += line + '\n';
  }
  return text;
}

class NamesOfFields {
 public:
  template <typename T>
  void operator()(const char* name, const T&, Range = kAny) {
    names_.push_back(name);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

template <typename Message>
std::vector<std::string> field_names() {
  const Message message;
  NamesOfFields visit;
  visit_fields(visit, message);
  return visit.names();
}

template <typename Message>
void expect_documented(const std::string& heading) {
  const std::string text = section(heading);
  EXPECT_FALSE(text.empty()) << heading;
  for (const auto& name : field_names<Message>())
    EXPECT_THAT(text, HasSubstr("| `" + name + "` |")) << heading;
  std::size_t rows = 0;
  for (const auto& line : base::split(text, '\n')) rows += line.starts_with("| `") ? 1 : 0;
  EXPECT_EQ(rows, field_names<Message>().size()) << heading;
}

TEST(schema, the_requests_of_the_exchange_are_lines_of_ours) {
  std::set<std::size_t> kinds;
  for (const auto& line : lines_after("> ")) {
    const Request request = decode_request(line);
    EXPECT_EQ(encode(request), line);
    kinds.insert(request.body.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<decltype(Request::body)>);
}

TEST(schema, the_replies_of_the_exchange_are_lines_of_ours) {
  std::set<std::size_t> kinds;
  for (const auto& line : lines_after("< ")) {
    const Reply reply = decode_reply(line);
    EXPECT_EQ(encode(reply), line);
    kinds.insert(reply.body.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<decltype(Reply::body)>);
}

TEST(schema, the_description_is_a_line_of_ours) {
  const auto lines = lines_after("");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(encode(decode_description(lines.front())), lines.front());
}

template <typename... Messages>
void expect_all_documented(const std::variant<Messages...>*, const std::string& suffix_of_hello) {
  const auto heading = [&](const std::string& type) {
    return "### `" + type + "`" + (type == "hello" ? suffix_of_hello : "");
  };
  (expect_documented<Messages>(heading(kTypeName<Messages>)), ...);
}

TEST(schema, the_tables_have_every_field_of_every_message_and_no_other) {
  expect_all_documented(static_cast<const decltype(Request::body)*>(nullptr), "");
  expect_all_documented(static_cast<const decltype(Reply::body)*>(nullptr), " (reply)");
  expect_documented<Description>("## Description");
  for (const auto& name : field_names<Option>())
    EXPECT_THAT(section("## Description"), HasSubstr("`" + name + "`"));
  for (const auto& name : field_names<LoadPart>())
    EXPECT_THAT(section("### `load`"), HasSubstr("`" + name + "`"));
  for (const auto& name : field_names<Device>())
    EXPECT_THAT(section("### `hello` (reply)"), HasSubstr("`" + name + "`"));
  for (const auto& name : field_names<LoadedPart>())
    EXPECT_THAT(section("### `loaded`"), HasSubstr("`" + name + "`"));
  for (const auto& name : field_names<TensorDescription>())
    EXPECT_THAT(section("### `loaded`"), HasSubstr("`" + name + "`"));
}

/// One line of protocol_lines.jsonl: decodes and encodes it again, by who says it. Sets `kind` to which
/// message it is.
std::string there_and_back(const std::string& from, const std::string& line, std::string& kind) {
  if (from == "describe") return encode(decode_description(line));
  if (from == "coordinator") {
    const Request request = decode_request(line);
    kind = from + std::to_string(request.body.index());
    return encode(request);
  }
  EXPECT_EQ(from, "worker");
  const Reply reply = decode_reply(line);
  kind = from + std::to_string(reply.body.index());
  return encode(reply);
}

TEST(golden_lines, are_read_and_written_alike_and_those_that_break_the_protocol_are_refused) {
  std::set<std::string> kinds;
  int refused = 0;
  for (const auto& text : lines_of("protocol_lines.jsonl")) {
    if (text.empty()) continue;
    const auto golden = base::parse_json(text, "protocol_lines.jsonl");
    const auto line = golden.at("line").get<std::string>();
    std::string kind;
    if (golden.contains("wrong")) {
      ++refused;
      EXPECT_THROW(there_and_back(golden.at("from"), line, kind), ProtocolError) << line;
    } else {
      EXPECT_EQ(there_and_back(golden.at("from"), line, kind), line);
      kinds.insert(kind);
    }
  }
  constexpr auto kDescriptions = std::size_t{1};
  EXPECT_EQ(kinds.size(), kDescriptions + std::variant_size_v<decltype(Request::body)> +
                              std::variant_size_v<decltype(Reply::body)>);
  EXPECT_GT(refused, 20);
}

TEST(schema, the_limits_are_those_of_the_code) {
  std::string text;
  for (const auto& line : lines_of_schema()) text += line + '\n';
  EXPECT_THAT(text, HasSubstr("16 777 216 bytes"));
  EXPECT_EQ(kMaxLineBytes, 16'777'216u);
  EXPECT_THAT(section("### `sample`"), HasSubstr("1 to 400 000"));
  EXPECT_EQ(kMaxSamples, 400'000);
  EXPECT_THAT(section("### `generate`"), HasSubstr("1 to 100 000"));
  EXPECT_EQ(kMaxTokens, 100'000);
  EXPECT_THAT(text, HasSubstr(std::string("version `") + kVersion + "`"));
}

}  // namespace
}  // namespace inferometer::protocol
