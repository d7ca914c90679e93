#include "protocol/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "protocol/fields.h"
#include "protocol/type_names.h"

namespace inferometer::protocol {
namespace {

using base::Json;
using testing::AllOf;
using testing::HasSubstr;

/// Fills every field of a message with arbitrary values that its range allows.
class ArbitraryFields {
 public:
  template <typename T>
  void operator()(const char*, T& value, Range range = kAny) {
    ++visited_;
    value = arbitrary(value, range);
  }
  int visited() const { return visited_; }

 private:
  static bool arbitrary(bool, Range) { return *rc::gen::arbitrary<bool>(); }
  static std::string arbitrary(const std::string&, Range) {
    const auto letter = rc::gen::element<std::string>("a", "Z", "\"", "\\", "\n", "\x01", "\xc3\xa9",
                                                      "\xf0\x9f\x98\x80", " ");
    std::string text;
    for (const auto& piece : *rc::gen::container<std::vector<std::string>>(letter)) text += piece;
    return text;
  }
  template <std::signed_integral Integer>
  static Integer arbitrary(Integer, Range range) {
    const auto minimum = std::max<std::int64_t>(range.minimum, std::numeric_limits<Integer>::min());
    const auto maximum = std::min<std::int64_t>(range.maximum, std::numeric_limits<Integer>::max());
    const auto any = rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                                  [=](std::int64_t number) { return std::clamp(number, minimum, maximum); });
    return static_cast<Integer>(*rc::gen::oneOf(any, rc::gen::element(minimum, maximum)));
  }
  template <typename T>
  static std::vector<T> arbitrary(const std::vector<T>&, Range range) {
    std::vector<T> values(*rc::gen::inRange<std::size_t>(0, 4));
    for (T& value : values) value = arbitrary(T(), range);
    return values;
  }
  template <typename T>
  static std::map<std::string, T> arbitrary(const std::map<std::string, T>&, Range range) {
    std::map<std::string, T> values;
    for (auto left = *rc::gen::inRange(0, 4); left > 0; --left)
      values[arbitrary(std::string(), range)] = arbitrary(T(), range);
    return values;
  }
  template <typename Structure>
  requires std::is_class_v<Structure>
  static Structure arbitrary(const Structure&, Range) {
    Structure structure;
    ArbitraryFields visit;
    visit_fields(visit, structure);
    return structure;
  }

  int visited_ = 0;
};

template <typename Message>
Message arbitrary_message() {
  Message message;
  ArbitraryFields visit;
  visit_fields(visit, message);
  return message;
}

template <typename Envelope, std::size_t index = 0>
Envelope arbitrary_envelope(std::size_t wanted) {
  using Body = decltype(Envelope::body);
  if constexpr (index == std::variant_size_v<Body>) {
    throw std::logic_error("no such alternative");
  } else {
    if (index != wanted) return arbitrary_envelope<Envelope, index + 1>(wanted);
    return {*rc::gen::arbitrary<std::int64_t>(), "nonce \xc3\xa9",
            arbitrary_message<std::variant_alternative_t<index, Body>>()};
  }
}

Request arbitrary_request() {
  return arbitrary_envelope<Request>(
      *rc::gen::inRange<std::size_t>(0, std::variant_size_v<decltype(Request::body)>));
}
Reply arbitrary_reply() {
  return arbitrary_envelope<Reply>(
      *rc::gen::inRange<std::size_t>(0, std::variant_size_v<decltype(Reply::body)>));
}

// Equal messages are equal lines (keys are sorted), so lines are what is compared.
RC_GTEST_PROP(codec, every_request_comes_back_as_it_was, ()) {
  const Request request = arbitrary_request();
  const Request back = decode_request(encode(request));
  RC_ASSERT(back.body.index() == request.body.index());
  RC_ASSERT(encode(back) == encode(request));
}

RC_GTEST_PROP(codec, every_reply_comes_back_as_it_was, ()) {
  const Reply reply = arbitrary_reply();
  const Reply back = decode_reply(encode(reply));
  RC_ASSERT(back.body.index() == reply.body.index());
  RC_ASSERT(encode(back) == encode(reply));
}

RC_GTEST_PROP(codec, every_description_comes_back_as_it_was, ()) {
  const auto description = arbitrary_message<Description>();
  RC_ASSERT(encode(decode_description(encode(description))) == encode(description));
}

RC_GTEST_PROP(codec, a_message_is_one_line, ()) {
  RC_ASSERT(encode(arbitrary_request()).find('\n') == std::string::npos);
  RC_ASSERT(encode(arbitrary_reply()).find('\n') == std::string::npos);
}

/// Decodes as everything; anything but success or ProtocolError escapes and fails the test.
void decode_all_ways(const std::string& line) {
  const auto attempt = [&](auto decode) {
    try {
      decode(line);
    } catch (const ProtocolError& error) {
      const std::string message = error.what();
      for (const char byte : message) RC_ASSERT(byte >= 0x20 && byte < 0x7f);
      RC_ASSERT(message.size() < 1000u);
    }
  };
  attempt([](const std::string& text) { decode_request(text); });
  attempt([](const std::string& text) { decode_reply(text); });
  attempt([](const std::string& text) { decode_description(text); });
}

RC_GTEST_PROP(codec, random_bytes_are_a_protocol_error_or_a_message, (const std::string& bytes)) {
  decode_all_ways(bytes);
}

RC_GTEST_PROP(codec, damaged_lines_are_a_protocol_error_or_a_message, ()) {
  std::string line = *rc::gen::arbitrary<bool>() ? encode(arbitrary_request()) : encode(arbitrary_reply());
  for (auto left = *rc::gen::inRange(1, 5); left > 0 && !line.empty(); --left) {
    const auto place = *rc::gen::inRange<std::size_t>(0, line.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        line[place] = *rc::gen::arbitrary<char>();
        break;
      case 1:
        line.erase(place, *rc::gen::inRange<std::size_t>(1, 20));
        break;
      default:
        line.insert(place, line.substr(*rc::gen::inRange<std::size_t>(0, line.size()), 10));
    }
  }
  decode_all_ways(line);
}

RC_GTEST_PROP(codec, a_field_of_another_type_is_refused_by_name, ()) {
  Json json = Json::parse(encode(arbitrary_reply()));
  const auto field = *rc::gen::elementOf(std::vector<std::string>([&] {
    std::vector<std::string> names;
    for (const auto& [name, value] : json.items()) names.push_back(name);
    return names;
  }()));
  json[field] = 1.5;  // no field of the protocol is a fraction
  try {
    decode_reply(json.dump());
    RC_FAIL("accepted");
  } catch (const ProtocolError& error) {
    RC_ASSERT(std::string(error.what()).find("'" + field + "' must be") == 0u);
  }
}

/// Converts to a value of any type, to count how many an aggregate takes.
struct Anything {
  template <typename T>
  operator T() const;
};

template <typename Message, typename... Values>
constexpr int field_count() {
  if constexpr (requires { Message{Values()..., Anything()}; }) {
    return field_count<Message, Values..., Anything>();
  } else {
    return sizeof...(Values);
  }
}

/// A message that has all fields of another begins with it: one place of the aggregate.
template <typename Message, typename Base>
constexpr int inherited_fields() {
  return std::is_base_of_v<Base, Message> && !std::is_same_v<Base, Message> ? field_count<Base>() - 1 : 0;
}

template <typename... Messages>
void expect_all_fields_visited(std::variant<Messages...>*) {
  const auto check = []<typename Message>(Message message) {
    ArbitraryFields visit;
    visit_fields(visit, message);
    constexpr int inherited = inherited_fields<Message, Sample>() + inherited_fields<Message, SampleReply>();
    EXPECT_EQ(visit.visited(), field_count<Message>() + inherited) << kTypeName<Message>;
  };
  (check(Messages()), ...);
}

RC_GTEST_PROP(codec, every_field_of_every_message_is_on_the_wire, ()) {
  expect_all_fields_visited(static_cast<decltype(Request::body)*>(nullptr));
  expect_all_fields_visited(static_cast<decltype(Reply::body)*>(nullptr));
  expect_all_fields_visited(static_cast<std::variant<Description>*>(nullptr));
}

std::string message_of(const std::string& request_line) {
  try {
    decode_request(request_line);
  } catch (const ProtocolError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(codec, unknown_fields_are_ignored) {
  const Request request =
      decode_request(R"({"type":"hello","id":3,"nonce":"n","digest":true,"later":{"a":[1]}})");
  EXPECT_EQ(request.id, 3);
  EXPECT_EQ(request.nonce, "n");
  EXPECT_TRUE(std::get<Hello>(request.body).digest);
}

TEST(codec, an_unknown_type_is_refused_by_name) {
  EXPECT_EQ(message_of(R"({"type":"dance","id":3,"nonce":"n"})"),
            R"(unknown type 'dance' in '{"type":"dance","id":3,"nonce":"n"}' (35 bytes))");
}

TEST(codec, a_missing_field_is_refused_by_name) {
  EXPECT_THAT(message_of(R"({"type":"bind","id":3,"nonce":"n","part":"model","set":0})"),
              HasSubstr("'file' is missing"));
}

TEST(codec, a_number_outside_its_range_is_refused) {
  const auto bind = [](const std::string& set) {
    return R"({"type":"bind","id":3,"nonce":"n","part":"model","file":"f","set":)" + set + "}";
  };
  EXPECT_EQ(message_of(bind("2147483647")), "accepted");
  EXPECT_THAT(message_of(bind("2147483648")), HasSubstr("'set' is outside its range: 2147483648"));
  EXPECT_THAT(message_of(bind("-1")), HasSubstr("'set' is outside its range: -1"));
  EXPECT_THAT(message_of(bind("18446744073709551615")), HasSubstr("'set' is outside its range"));
  EXPECT_THAT(message_of(bind("1.0")), HasSubstr("'set' must be an integer, not number"));
  EXPECT_THAT(message_of(bind("true")), HasSubstr("'set' must be an integer, not boolean"));
  EXPECT_THAT(message_of(bind("1e999")), HasSubstr("not JSON"));
}

TEST(codec, a_list_is_no_object_and_an_object_no_list) {
  Json json = Json::parse(encode(Request{1, "n", Sample{}}));
  json["sets"] = {{"a", 1}};
  EXPECT_THAT(message_of(json.dump()), HasSubstr("'sets' must be a list, not object"));
  json = Json::parse(encode(Request{1, "n", Load{}}));
  json["options"] = Json::array();
  EXPECT_THAT(message_of(json.dump()), HasSubstr("'options' must be an object, not array"));
}

TEST(codec, a_wrong_field_inside_a_list_is_named_with_its_place) {
  LoadReply loaded;
  loaded.parts = {{"model", {{"x", "float32", {1, 8}}}, {}}};
  Json json = Json::parse(encode(Reply{1, "n", loaded}));
  json["parts"][0]["inputs"][0].erase("dtype");
  EXPECT_THAT([&] { decode_reply(json.dump()); },
              testing::ThrowsMessage<ProtocolError>(HasSubstr("'parts.inputs.dtype' is missing")));
}

TEST(codec, what_came_is_shown_escaped_and_cut) {
  const std::string message = message_of("\x1b[31m" + std::string(1000, 'x'));
  EXPECT_THAT(message, AllOf(HasSubstr("'\\x1b[31mxxx"), HasSubstr("x'... (1005 bytes)")));
  EXPECT_LT(message.size(), 200u);
}

TEST(codec, a_huge_duplicate_key_does_not_make_a_huge_message) {
  const std::string key(1u << 20, 'k');
  EXPECT_LT(message_of("{\"" + key + "\":1,\"" + key + "\":2}").size(), 400u);
}

TEST(codec, only_major_versions_must_agree) {
  EXPECT_NO_THROW(require_compatible("2.7"));
  EXPECT_THROW(require_compatible("1.0"), ProtocolError);
  EXPECT_THROW(require_compatible("20.0"), ProtocolError);
  EXPECT_THROW(require_compatible(""), ProtocolError);
}

TEST(codec, the_largest_sample_reply_fits_into_a_line) {
  SampleReply sampled;
  sampled.offsets_ns.assign(kMaxSamples, std::numeric_limits<std::int64_t>::max());
  sampled.durations_ns = sampled.offsets_ns;
  EXPECT_LE(encode(Reply{1, "n", sampled}).size(), kMaxLineBytes);
}

TEST(codec, the_largest_generate_reply_fits_into_a_line) {
  GenerateReply generated;
  generated.offsets_ns.assign(kMaxTokens, std::numeric_limits<std::int64_t>::max());
  generated.durations_ns = generated.token_times_ns = generated.tokens = generated.offsets_ns;
  EXPECT_LE(encode(Reply{1, "n", generated}).size(), kMaxLineBytes);
}

}  // namespace
}  // namespace inferometer::protocol
