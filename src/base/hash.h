// SHA-256, the identity of every file and record of the project.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace inferometer::base {

/// Incremental SHA-256. Not copyable; use from one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::string_view bytes);
  /// 64 lower-case hexadecimal digits. Call once.
  std::string hex_digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

/// Digest of a regular file, read in pieces. Throws UserError when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace inferometer::base
