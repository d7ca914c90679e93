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
  for (std::size_t i = 0; i < text.size() && shown.size() < limit; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+200B-U+200F, U+2028-U+202E, U+2060-U+206F: invisible or direction-changing.
    const bool hidden = byte == 0xE2 && i + 2 < text.size() &&
                        (static_cast<unsigned char>(text[i + 1]) == 0x80 ||
                         static_cast<unsigned char>(text[i + 1]) == 0x81) &&
                        (static_cast<unsigned char>(text[i + 2]) >= 0xA8 ||
                         (static_cast<unsigned char>(text[i + 2]) >= 0x8B &&
                          static_cast<unsigned char>(text[i + 2]) <= 0x8F));
    if (hidden) {
      shown += '?';
      i += 2;
    } else {
      shown += byte < 0x20 || byte == 0x7F ? '?' : text[i];
    }
  }
  if (text.size() > limit) shown += "...";
  return shown;
}

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

std::string random_id() {
  unsigned char bytes[16];
  INFEROMETER_CHECK(::getrandom(bytes, sizeof bytes, 0) == sizeof bytes, "getrandom");
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

}  // namespace inferometer::base
