#include "report/html/text.h"

#include <array>
#include <string_view>

#include "base/hash.h"
#include "base/text.h"

namespace inferometer::report::html {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t letter = kReplacement;
  std::size_t bytes = 1;
};

/// The first character of `text`; U+FFFD for one byte that begins none.
Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  char32_t letter = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    letter = (letter << 6) | (next & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = letter >= 0xD800 && letter <= 0xDFFF;
  return letter < kSmallest.at(bytes) || surrogate || letter > 0x10FFFF ? Decoded{} : Decoded{letter, bytes};
}

/// Controls, and what a reader cannot see though it changes what is seen (Unicode 15, bidirectional controls
/// and invisible format characters).
bool is_hidden(char32_t letter) {
  return letter < 0x20 || (letter >= 0x7F && letter < 0xA0) || letter == 0xAD || letter == 0x61C ||
         (letter >= 0x200B && letter <= 0x200F) || (letter >= 0x2028 && letter <= 0x202E) ||
         (letter >= 0x2060 && letter <= 0x206F) || letter == 0xFEFF ||
         (letter >= 0xFFF9 && letter <= 0xFFFB) || (letter >= 0xE0000 && letter <= 0xE007F);
}

std::string_view escape_of(char letter) {
  switch (letter) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string text(const std::string& text, std::size_t limit) {
  std::string shown;
  std::string_view rest = text;
  for (std::size_t count = 0; !rest.empty(); ++count) {
    if (count == limit) return shown + "\xE2\x80\xA6";
    const auto [letter, bytes] = decode(rest);
    if (letter == kReplacement || is_hidden(letter)) {
      shown += "\xEF\xBF\xBD";
    } else if (const auto escape = escape_of(rest[0]); !escape.empty()) {
      shown += escape;
    } else {
      shown += rest.substr(0, bytes);
    }
    rest.remove_prefix(bytes);
  }
  return shown;
}

std::string name(const std::string& name) { return "<bdi>" + text(name) + "</bdi>"; }

std::string lines(const std::string& lines) {
  std::string shown;
  for (const auto& line : base::split(lines, '\n')) shown += (shown.empty() ? "" : "\n") + text(line);
  return shown;
}

std::string list(const std::vector<std::string>& items) {
  std::string shown;
  for (const auto& item : items) shown += "<li>" + item + "</li>\n";
  return shown.empty() ? "" : "<ul>\n" + shown + "</ul>\n";
}

std::string source_hash(const std::string& text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = base::sha256_hex(text);
  std::string base64;
  // Three hexadecimal digits are two of base64: 64 of them make 42, and one that is half filled, and the
  // padding.
  for (std::size_t i = 0; i < hex.size(); i += 3) {
    const auto bits = std::stoul((hex.substr(i, 3) + "00").substr(0, 3), nullptr, 16);
    base64 += kDigits[bits >> 6];
    if (i + 1 < hex.size()) base64 += kDigits[bits & 63];
  }
  return "sha256-" + base64 + "=";
}

}  // namespace inferometer::report::html
