// Flatbuffers for tests, made byte by byte: nothing of the reader under test takes part.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inferometer::formats {

/// A value of a flatbuffer, written in front of everything that it refers to.
class Flat {
 public:
  template <typename T>
  static Flat number(T value) {
    return Flat(Kind::Number, std::string(reinterpret_cast<const char*>(&value), sizeof value));
  }
  template <typename T>
  static Flat numbers(const std::vector<T>& values) {
    Flat flat(Kind::Vector,
              std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
    flat.count_ = static_cast<std::uint32_t>(values.size());
    return flat;
  }
  static Flat text(std::string_view text) {
    Flat flat(Kind::Vector, std::string(text) + '\0');
    flat.count_ = static_cast<std::uint32_t>(text.size());
    return flat;
  }
  static Flat table(std::map<int, Flat> fields) {
    Flat flat(Kind::Table, {});
    flat.fields_ = std::move(fields);
    return flat;
  }
  static Flat tables(std::vector<Flat> items) {
    Flat flat(Kind::Tables, {});
    flat.items_ = std::move(items);
    return flat;
  }

  /// The whole file, with `mark` at byte 4.
  std::string file(std::string_view mark) const {
    std::string out = std::string(4, '\0') + std::string(mark);
    put(out, 0, static_cast<std::uint32_t>(write(out)));
    return out;
  }

 private:
  enum class Kind { Number, Vector, Table, Tables };
  Flat(Kind kind, std::string bytes) : kind_(kind), bytes_(std::move(bytes)) {}

  template <typename T>
  static void put(std::string& out, std::size_t at, T value) {
    std::memcpy(out.data() + at, &value, sizeof value);
  }
  static void pad(std::string& out, std::size_t to, std::size_t before = 0) {
    while ((out.size() + before) % to != 0) out += '\0';
  }
  static void refer(std::string& out, std::size_t from, const Flat& to) {
    put(out, from, static_cast<std::uint32_t>(to.write(out) - from));
  }

  std::size_t write(std::string& out) const {
    if (kind_ == Kind::Table) return write_table(out);
    pad(out, 16, 4);  // the elements are aligned, as engines expect of weights
    const std::size_t at = out.size();
    out.resize(at + 4);
    put(out, at, kind_ == Kind::Tables ? static_cast<std::uint32_t>(items_.size()) : count_);
    if (kind_ == Kind::Vector) {
      out += bytes_;
      return at;
    }
    out.resize(out.size() + 4 * items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) refer(out, at + 4 + 4 * i, items_[i]);
    return at;
  }

  std::size_t write_table(std::string& out) const {
    std::vector<std::uint16_t> vtable(fields_.empty() ? 2 : fields_.rbegin()->first + 3);
    std::size_t size = 4;
    for (const auto& [field, value] : fields_) {
      const std::size_t bytes = value.kind_ == Kind::Number ? value.bytes_.size() : 4;
      size = (size + bytes - 1) / bytes * bytes;
      vtable[static_cast<std::size_t>(field) + 2] = static_cast<std::uint16_t>(size);
      size += bytes;
    }
    vtable[0] = static_cast<std::uint16_t>(2 * vtable.size());
    vtable[1] = static_cast<std::uint16_t>(size);
    pad(out, 2);
    const std::size_t vtable_at = out.size();
    out.append(reinterpret_cast<const char*>(vtable.data()), 2 * vtable.size());
    pad(out, 8);
    const std::size_t at = out.size();
    out.resize(at + size);
    put(out, at, static_cast<std::int32_t>(at - vtable_at));
    for (const auto& [field, value] : fields_) {
      const std::size_t place = at + vtable[static_cast<std::size_t>(field) + 2];
      if (value.kind_ == Kind::Number)
        std::memcpy(out.data() + place, value.bytes_.data(), value.bytes_.size());
      else
        refer(out, place, value);
    }
    return at;
  }

  Kind kind_;
  std::string bytes_;
  std::uint32_t count_ = 0;
  std::map<int, Flat> fields_;
  std::vector<Flat> items_;
};

}  // namespace inferometer::formats
