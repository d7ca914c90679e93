// Small pieces of text for messages.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inferometer::base {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

/// The allowed word nearest to `word` by edit distance, or empty when none is near enough to be meant.
std::string nearest(std::string_view word, std::span<const std::string> allowed);

/// "unknown engine 'onnxrutime': did you mean 'onnxruntime'? (known: ...)": the message for a wrong word.
std::string unknown_word(std::string_view kind, std::string_view word, std::span<const std::string> allowed);

/// Names and log lines of strangers for a terminal: control characters, escapes and direction overrides are
/// shown as '?', at most `limit` bytes are kept.
std::string printable(std::string_view text, std::size_t limit = 300);

/// A name out of a stranger's file, in single quotes, printable, at most 80 bytes of it.
std::string in_quotes(std::string_view name);

/// "850 ns", "5.21 ms", "1.20 s", with three significant digits.
std::string format_ns(double nanoseconds);
/// "64 MB" (10^6), with three significant digits.
std::string format_bytes(double bytes);
/// "1 h 02 min", "3 min 20 s", "12 s", for times left.
std::string format_seconds(double seconds);

/// `word` as a POSIX shell reads it: "height=N" as it is, "'?0=N'" in quotes. What a stranger named goes
/// through `printable` first where it is printed.
std::string shell_word(std::string_view word);

/// 16 random bytes from the kernel as 32 hexadecimal digits.
std::string random_id();

}  // namespace inferometer::base
