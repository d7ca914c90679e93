// A flatbuffer in a file of a stranger: every offset is checked before it is followed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensors/input_file.h"

namespace inferometer::formats {

/// The file. Only the pages that hold structure are read and kept, so that weights cost no memory.
/// Everything here throws base::UserError naming the file, the byte and what was found.
class Flatbuffer {
 public:
  /// `what` is what the file should be, in messages: "TFLite model".
  Flatbuffer(const std::filesystem::path& file, std::string what);

  std::uint64_t size_bytes() const { return input_.size_bytes(); }

  template <typename T>
  T number(std::uint64_t at) const {
    T value{};
    copy(at,
         std::as_writable_bytes(std::span(&value, 1)));  // the format and every machine here: little-endian
    return value;
  }
  void copy(std::uint64_t at, std::span<std::byte> into) const;
  /// Fails unless `bytes` bytes from `at` on lie inside the file.
  void require(std::uint64_t at, std::uint64_t bytes) const;
  /// The same, for one whole part of the structure. Parts may be shared, but not so often that a small file
  /// claims a huge one.
  void enter(std::uint64_t at, std::uint64_t bytes) const;
  [[noreturn]] void refuse(std::uint64_t at, const std::string& found) const;

 private:
  static constexpr std::size_t kPageBytes = 4096;
  using Page = std::array<std::byte, kPageBytes>;
  const Page& page(std::uint64_t number) const;

  std::filesystem::path file_;
  std::string what_;
  tensors::InputFile input_;
  mutable std::unordered_map<std::uint64_t, Page> pages_;
  mutable std::uint64_t entered_bytes_ = 0;
};

/// A vector of fixed-size elements, by its place.
struct FlatVector {
  std::uint64_t at = 0;  ///< of the first element
  std::uint64_t count = 0;
};

/// A table. Fields are named by their number in the schema; one that is absent has its default.
class FlatTable {
 public:
  FlatTable(const Flatbuffer& buffer, std::uint64_t at);
  /// The table that the file is about.
  static FlatTable root(const Flatbuffer& buffer);

  std::uint64_t at() const { return at_; }

  template <typename T>
  T number(int field, T absent) const {
    const auto place = field_at(field, sizeof(T));
    return place ? buffer_->number<T>(*place) : absent;
  }
  std::optional<FlatTable> table(int field) const;
  std::vector<FlatTable> tables(int field) const;
  /// Checked to lie in the file, and not read.
  FlatVector vector(int field, std::uint64_t element_bytes) const;
  template <typename T>
  std::vector<T> numbers(int field) const {
    const auto place = vector(field, sizeof(T));
    std::vector<T> values(place.count);
    buffer_->copy(place.at, std::as_writable_bytes(std::span(values)));
    return values;
  }
  /// Names: at most 4096 bytes.
  std::string text(int field) const;

 private:
  std::optional<std::uint64_t> field_at(int field, std::uint64_t bytes) const;
  std::uint64_t target(std::uint64_t at) const;

  const Flatbuffer* buffer_;
  std::uint64_t at_;
  std::uint64_t vtable_;
  std::uint16_t vtable_bytes_;
  std::uint16_t table_bytes_;
};

}  // namespace inferometer::formats
