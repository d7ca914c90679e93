#include "base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <vector>

#include "base/error.h"

namespace inferometer::base {

struct Hash::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  explicit State(const EVP_MD* kind) {
    INFEROMETER_CHECK(context != nullptr && EVP_DigestInit_ex(context, kind, nullptr) == 1, "SHA");
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Hash::Hash(Kind kind) : state_(std::make_unique<State>(kind == Kind::Sha1 ? EVP_sha1() : EVP_sha256())) {}
Hash::~Hash() = default;
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;

void Hash::update(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

std::string Hash::hex_digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, digest.data(), &size);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex_digest();
}

std::string sha256_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !std::filesystem::is_regular_file(file)) {
    throw UserError(file.string() +
                    ": cannot be read: " + (stream ? "not a regular file" : errno_text(errno)));
  }
  Sha256 hash;
  std::vector<char> piece(1 << 20);
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0) {
    hash.update({piece.data(), static_cast<std::size_t>(stream.gcount())});
  }
  if (stream.bad()) {
    throw UserError(file.string() + ": reading failed: " + errno_text(errno));
  }
  return hash.hex_digest();
}

}  // namespace inferometer::base
