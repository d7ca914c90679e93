#include "record/line.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"

namespace inferometer::record {
namespace {

constexpr std::string_view kBeforeHash = ",\"sha256\":\"";
constexpr std::string_view kAfterHash = "\"}";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kEndingBytes = kBeforeHash.size() + kHashDigits + kAfterHash.size();
constexpr std::string_view kLineStart = "{\"item\":\"";

bool is_whole_ending(std::string_view ending) {
  return ending.size() == kEndingBytes && ending.starts_with(kBeforeHash) && ending.ends_with(kAfterHash) &&
         ending.substr(kBeforeHash.size(), kHashDigits).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

}  // namespace

EncodedLine encode(const Line& line) {
  const base::Json json = {{"n", line.n},
                           {"kind", line.kind},
                           {"item", line.item},
                           {"previous", line.previous},
                           {"value", line.value}};
  EncodedLine encoded;
  encoded.bytes = base::to_line(json);
  encoded.bytes.pop_back();  // the closing brace comes after the hash
  encoded.hash = base::sha256_hex(encoded.bytes);
  encoded.bytes.append(kBeforeHash).append(encoded.hash).append(kAfterHash).append("\n");
  return encoded;
}

Piece::Piece(std::string piece_text) : text(std::move(piece_text)) {
  if (text.size() > kEndingBytes) computed_hash = base::sha256_hex(body());
}

std::string_view Piece::body() const {
  return std::string_view(text).substr(0, text.size() - std::min(text.size(), kEndingBytes));
}

std::string_view Piece::stored_hash() const {
  if (text.size() <= kEndingBytes) return {};
  return std::string_view(text).substr(text.size() - kAfterHash.size() - kHashDigits, kHashDigits);
}

bool Piece::has_whole_ending() const { return is_whole_ending(std::string_view(text).substr(body().size())); }

std::string_view Piece::value_bytes() const {
  // A quote inside a string is escaped, so the first match is the field itself.
  const auto found = body().find(",\"value\":");
  return found == std::string_view::npos ? std::string_view{} : body().substr(found);
}

Line Piece::parse(const std::string& origin) const {
  const base::Json json = base::parse_json(std::string(body()) + "}", origin);
  Line line;
  try {
    json.at("n").get_to(line.n);
    json.at("kind").get_to(line.kind);
    json.at("item").get_to(line.item);
    json.at("previous").get_to(line.previous);
    line.value = json.at("value");
  } catch (const base::Json::exception& error) {
    throw base::UserError(origin + ": is no line of a record: " + error.what());
  }
  return line;
}

std::vector<std::string> split_joined(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t next = text.find(kLineStart, 1); next != std::string::npos;
       next = text.find(kLineStart, next + 1)) {
    // The newline is either gone or has become another byte.
    for (const std::size_t newline : {std::size_t{1}, std::size_t{0}}) {
      if (next < begin + newline + kEndingBytes) continue;
      const std::size_t end = next - newline;
      if (!is_whole_ending(std::string_view(text).substr(end - kEndingBytes, kEndingBytes))) continue;
      parts.push_back(text.substr(begin, end - begin));
      begin = next;
      break;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace inferometer::record
