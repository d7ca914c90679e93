#include "protocol/codec.h"

#include <fmt/format.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "protocol/fields.h"
#include "protocol/type_names.h"

namespace inferometer::protocol {
namespace {

using base::Json;

constexpr std::size_t kShownBytes = 64;

/// The first bytes, fit for a terminal and for a log.
std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes.substr(0, kShownBytes)) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code >= 0x7f || code == '\\') {
      text += fmt::format("\\x{:02x}", code);
    } else {
      text += byte;
    }
  }
  return text;
}

/// "'...' (312 bytes)": what came, as much of it as is fit for a message.
std::string shown(std::string_view line) {
  return fmt::format("'{}'{} ({} bytes)", escaped(line), line.size() > kShownBytes ? "..." : "", line.size());
}

// ---- writing --------------------------------------------------------------------------------------------

class MessageWriter {
 public:
  template <typename T>
  void operator()(const char* name, const T& value, Range = kAny) {
    json_[name] = to_json(value);
  }
  Json take() { return std::move(json_); }

 private:
  template <typename T>
  static Json to_json(const T& value) {
    if constexpr (std::is_constructible_v<Json, const T&>) {
      return Json(value);
    } else {
      MessageWriter writer;
      visit_fields(writer, value);
      return writer.take();
    }
  }
  template <typename T>
  static Json to_json(const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) list.push_back(to_json(value));
    return list;
  }

  Json json_ = Json::object();
};

template <typename Message>
Json with_type(const Message& message) {
  MessageWriter writer;
  visit_fields(writer, message);
  Json json = writer.take();
  json["type"] = kTypeName<Message>;
  return json;
}

template <typename Envelope>
std::string encode_envelope(const Envelope& envelope) {
  Json json = std::visit([](const auto& body) { return with_type(body); }, envelope.body);
  json["id"] = envelope.id;
  json["nonce"] = envelope.nonce;
  return base::to_line(json);
}

// ---- reading --------------------------------------------------------------------------------------------

/// Where and how a line departs from the protocol; the line itself is added by `decode`.
class WrongField : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] void fail_type(const std::string& place, const char* expected, const Json& found) {
  throw WrongField(fmt::format("'{}' must be {}, not {}", escaped(place), expected, found.type_name()));
}

class MessageReader {
 public:
  MessageReader(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
    if (!object_.is_object()) fail_type(place_.empty() ? "message" : place_, "an object", object_);
  }

  template <typename T>
  void operator()(const char* name, T& value, Range range = kAny) const {
    const std::string place = place_.empty() ? name : place_ + "." + name;
    const auto found = object_.find(name);
    if (found == object_.end()) throw WrongField(fmt::format("'{}' is missing", escaped(place)));
    read(*found, place, range, value);
  }

 private:
  static void read(const Json& json, const std::string& place, Range, bool& value) {
    if (!json.is_boolean()) fail_type(place, "true or false", json);
    value = json.get<bool>();
  }

  static void read(const Json& json, const std::string& place, Range, std::string& value) {
    if (!json.is_string()) fail_type(place, "a string", json);
    value = json.get<std::string>();
  }

  template <std::signed_integral Integer>
  static void read(const Json& json, const std::string& place, Range range, Integer& value) {
    if (!json.is_number_integer()) fail_type(place, "an integer", json);
    const bool too_large =
        json.is_number_unsigned() && !std::in_range<std::int64_t>(json.get<std::uint64_t>());
    const std::int64_t number = too_large ? 0 : json.get<std::int64_t>();
    if (too_large || !std::in_range<Integer>(number) || number < range.minimum || number > range.maximum) {
      throw WrongField(fmt::format("'{}' is outside its range: {}", escaped(place), json.dump()));
    }
    value = static_cast<Integer>(number);
  }

  template <typename T>
  static void read(const Json& json, const std::string& place, Range range, std::vector<T>& values) {
    if (!json.is_array()) fail_type(place, "a list", json);
    values.clear();
    values.reserve(json.size());
    for (const Json& element : json) read(element, place, range, values.emplace_back());
  }

  template <typename T>
  static void read(const Json& json, const std::string& place, Range range,
                   std::map<std::string, T>& values) {
    if (!json.is_object()) fail_type(place, "an object", json);
    values.clear();
    for (const auto& [key, element] : json.items()) read(element, place + "." + key, range, values[key]);
  }

  template <typename Structure>
  static void read(const Json& json, const std::string& place, Range, Structure& value) {
    const MessageReader reader(json, place);
    visit_fields(reader, value);
  }

  const Json& object_;
  std::string place_;
};

/// The alternative of `Body` whose name is `type`; nothing when there is none.
template <typename Body, std::size_t index = 0>
std::optional<Body> body_of_type(std::string_view type) {
  if constexpr (index == std::variant_size_v<Body>) {
    return std::nullopt;
  } else {
    using Message = std::variant_alternative_t<index, Body>;
    if (type == kTypeName<Message>) return Body(Message());
    return body_of_type<Body, index + 1>(type);
  }
}

template <typename Envelope>
Envelope envelope_from(const Json& json) {
  const MessageReader reader(json, "");
  Envelope envelope;
  std::string type;
  reader("type", type);
  reader("id", envelope.id);
  reader("nonce", envelope.nonce);
  auto body = body_of_type<decltype(envelope.body)>(type);
  if (!body) throw WrongField(fmt::format("unknown type '{}'", escaped(type)));
  std::visit([&](auto& message) { visit_fields(reader, message); }, *body);
  envelope.body = std::move(*body);
  return envelope;
}

template <typename Interpret>
auto decode(std::string_view line, Interpret interpret) {
  try {
    return interpret(base::parse_json(line, "line"));
  } catch (const base::UserError& error) {
    throw ProtocolError(fmt::format("{} in {}", base::printable(error.what(), 2 * kShownBytes), shown(line)));
  } catch (const WrongField& error) {
    throw ProtocolError(fmt::format("{} in {}", error.what(), shown(line)));
  }
}

}  // namespace

std::string encode(const Request& request) { return encode_envelope(request); }
std::string encode(const Reply& reply) { return encode_envelope(reply); }
std::string encode(const Description& description) { return base::to_line(with_type(description)); }

Request decode_request(std::string_view line) { return decode(line, envelope_from<Request>); }
Reply decode_reply(std::string_view line) { return decode(line, envelope_from<Reply>); }

Description decode_description(std::string_view line) {
  return decode(line, [](const Json& json) {
    const MessageReader reader(json, "");
    Description description;
    std::string type;
    reader("type", type);
    if (type != kTypeName<Description>) throw WrongField("not a description");
    visit_fields(reader, description);
    return description;
  });
}

void require_compatible(std::string_view version_of_other_side) {
  const auto major = [](std::string_view version) { return version.substr(0, version.find('.')); };
  if (major(version_of_other_side) != major(kVersion)) {
    throw ProtocolError(fmt::format("protocol version {}, where {} is spoken: the major numbers must agree",
                                    shown(version_of_other_side), kVersion));
  }
}

}  // namespace inferometer::protocol
