#include "base/text.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace inferometer::base {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

/// Bytes of the UTF-8 sequence at the start of `text`; 1 for what is none.
std::size_t sequence_size(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  const std::size_t size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
  if (size > text.size()) return 1;
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 1;
  }
  return size;
}

/// Would move the cursor, change the direction of writing or not be seen. A lone byte above 0x7F is shown as
/// '?' too: to some terminals 0x9B begins an escape sequence.
bool is_hidden(std::string_view sequence) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return at(0) < 0x20 || at(0) >= 0x7F;
  if (sequence.size() == 2)
    return (at(0) == 0xC2 && at(1) < 0xA0) || sequence == "\xD8\x9C";  // U+0080-U+009F, U+061C
  if (sequence.size() == 3 && at(0) == 0xE2) {
    // U+200B-U+200F, U+2028-U+202E, U+2060-U+206F
    return (at(1) == 0x80 && ((at(2) >= 0x8B && at(2) <= 0x8F) || (at(2) >= 0xA8 && at(2) <= 0xAE))) ||
           (at(1) == 0x81 && at(2) >= 0xA0 && at(2) <= 0xAF);
  }
  return sequence == "\xEF\xBB\xBF";  // U+FEFF
}

std::string three_digits(double value) {
  const double magnitude = std::fabs(value);
  return fmt::format("{:.{}f}", value, magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string nearest(std::string_view word, std::span<const std::string> allowed) {
  std::string best;
  // Beyond a third of the word's letters a guess misleads more than it helps.
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : allowed) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string unknown_word(std::string_view kind, std::string_view word, std::span<const std::string> allowed) {
  const std::string guess = nearest(word, allowed);
  return fmt::format("unknown {} '{}'{} (known: {})", kind, printable(word, 80),
                     guess.empty() ? "" : ": did you mean '" + guess + "'?",
                     allowed.empty() ? "none" : join(allowed, ", "));
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string shown;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t size = sequence_size(text.substr(i));
    if (shown.size() + size > limit) return shown + "...";
    const auto sequence = text.substr(i, size);
    if (is_hidden(sequence)) {
      shown += '?';
    } else {
      shown += sequence;
    }
    i += size;
  }
  return shown;
}

std::string in_quotes(std::string_view name) { return "'" + printable(name, 80) + "'"; }

std::string format_ns(double nanoseconds) {
  if (!std::isfinite(nanoseconds)) return "-";
  const double magnitude = std::fabs(nanoseconds);
  if (magnitude < 1e3) return fmt::format("{:.0f} ns", nanoseconds);
  if (magnitude < 999.5e3) return three_digits(nanoseconds / 1e3) + " \xC2\xB5s";
  if (magnitude < 999.5e6) return three_digits(nanoseconds / 1e6) + " ms";
  return three_digits(nanoseconds / 1e9) + " s";
}

std::string format_bytes(double bytes) {
  if (bytes < 1e3) return fmt::format("{:.0f} B", bytes);
  if (bytes < 999.5e3) return three_digits(bytes / 1e3) + " kB";
  if (bytes < 999.5e6) return three_digits(bytes / 1e6) + " MB";
  return three_digits(bytes / 1e9) + " GB";
}

std::string format_seconds(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

std::string shell_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  std::string quoted = "'";
  for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string random_id() {
  unsigned char bytes[16];
  INFEROMETER_CHECK(::getrandom(bytes, sizeof bytes, 0) == sizeof bytes, "getrandom");
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

}  // namespace inferometer::base
