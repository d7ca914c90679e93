// SHA-256, the identity of every file and record of the project; SHA-1, by which git names what it holds.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace inferometer::base {

/// Incremental. Not copyable; use from one thread.
class Hash {
 public:
  enum class Kind { Sha1, Sha256 };
  explicit Hash(Kind kind);
  ~Hash();
  Hash(Hash&&) noexcept;
  Hash& operator=(Hash&&) noexcept;
  void update(std::string_view bytes);
  /// 40 or 64 lower-case hexadecimal digits. Call once.
  std::string hex_digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Sha256 : public Hash {
 public:
  Sha256() : Hash(Kind::Sha256) {}
};

std::string sha256_hex(std::string_view bytes);

/// Digest of a regular file, read in pieces. Throws UserError when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace inferometer::base
