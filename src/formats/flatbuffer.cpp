#include "formats/flatbuffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace inferometer::formats {
namespace {

constexpr std::uint64_t kMaxTextBytes = 4096;
constexpr std::uint64_t kOffsetBytes = 4;
constexpr std::uint64_t kVtableHeaderBytes = 4;

/// Parts are shared in real files (names, empty vectors), but their sum stays near the size of the file.
constexpr std::uint64_t kMaxSharing = 16;
constexpr std::uint64_t kAlwaysAllowedBytes = 1u << 20;

}  // namespace

Flatbuffer::Flatbuffer(const std::filesystem::path& file, std::string what)
    : file_(file), what_(std::move(what)), input_(file) {}

void Flatbuffer::refuse(std::uint64_t at, const std::string& found) const {
  throw base::UserError(file_.string() + ": byte " + std::to_string(at) + ": " + found +
                        ": the file is cut, damaged or no " + what_ + "; copy or export it again");
}

void Flatbuffer::require(std::uint64_t at, std::uint64_t bytes) const {
  if (at <= size_bytes() && bytes <= size_bytes() - at) return;
  refuse(at,
         std::to_string(bytes) + " bytes should be here, and the file has " + std::to_string(size_bytes()));
}

void Flatbuffer::enter(std::uint64_t at, std::uint64_t bytes) const {
  require(at, bytes);
  entered_bytes_ += bytes;
  if (entered_bytes_ > kMaxSharing * size_bytes() + kAlwaysAllowedBytes)
    refuse(at, "the same bytes are used over and over");
}

const Flatbuffer::Page& Flatbuffer::page(std::uint64_t number) const {
  const auto [found, is_new] = pages_.try_emplace(number);
  if (is_new) {
    const std::uint64_t begin = number * kPageBytes;
    const auto bytes = std::min<std::uint64_t>(kPageBytes, size_bytes() - begin);
    input_.read(begin, std::span(found->second).first(bytes));
  }
  return found->second;
}

void Flatbuffer::copy(std::uint64_t at, std::span<std::byte> into) const {
  require(at, into.size());
  while (!into.empty()) {
    const std::uint64_t within = at % kPageBytes;
    const auto bytes = std::min<std::uint64_t>(into.size(), kPageBytes - within);
    std::memcpy(into.data(), page(at / kPageBytes).data() + within, bytes);
    into = into.subspan(bytes);
    at += bytes;
  }
}

FlatTable::FlatTable(const Flatbuffer& buffer, std::uint64_t at) : buffer_(&buffer), at_(at) {
  const auto back = buffer.number<std::int32_t>(at);
  const std::int64_t vtable = static_cast<std::int64_t>(at) - back;
  if (vtable < 0) buffer.refuse(at, "a table whose description lies before the file");
  vtable_ = static_cast<std::uint64_t>(vtable);
  vtable_bytes_ = buffer.number<std::uint16_t>(vtable_);
  table_bytes_ = buffer.number<std::uint16_t>(vtable_ + 2);
  if (vtable_bytes_ < kVtableHeaderBytes || vtable_bytes_ % 2 != 0)
    buffer.refuse(vtable_, "a table's description of " + std::to_string(vtable_bytes_) + " bytes");
  buffer.require(vtable_, vtable_bytes_);
  buffer.enter(at, std::max<std::uint64_t>(table_bytes_, kOffsetBytes));
}

FlatTable FlatTable::root(const Flatbuffer& buffer) { return {buffer, buffer.number<std::uint32_t>(0)}; }

std::optional<std::uint64_t> FlatTable::field_at(int field, std::uint64_t bytes) const {
  const std::uint64_t entry = kVtableHeaderBytes + 2 * static_cast<std::uint64_t>(field);
  if (entry + 2 > vtable_bytes_) return std::nullopt;
  const auto offset = buffer_->number<std::uint16_t>(vtable_ + entry);
  if (offset == 0) return std::nullopt;
  if (offset + bytes > table_bytes_) buffer_->refuse(at_, "a field outside of its table");
  return at_ + offset;
}

std::uint64_t FlatTable::target(std::uint64_t at) const { return at + buffer_->number<std::uint32_t>(at); }

std::optional<FlatTable> FlatTable::table(int field) const {
  const auto place = field_at(field, kOffsetBytes);
  if (!place) return std::nullopt;
  return FlatTable(*buffer_, target(*place));
}

FlatVector FlatTable::vector(int field, std::uint64_t element_bytes) const {
  const auto place = field_at(field, kOffsetBytes);
  if (!place) return {};
  const std::uint64_t at = target(*place);
  const std::uint64_t count = buffer_->number<std::uint32_t>(at);
  buffer_->enter(at, kOffsetBytes + count * element_bytes);
  return {at + kOffsetBytes, count};
}

std::vector<FlatTable> FlatTable::tables(int field) const {
  const auto places = vector(field, kOffsetBytes);
  std::vector<FlatTable> all;
  for (std::uint64_t i = 0; i < places.count; ++i)
    all.emplace_back(*buffer_, target(places.at + i * kOffsetBytes));
  return all;
}

std::string FlatTable::text(int field) const {
  const auto place = vector(field, 1);
  if (place.count > kMaxTextBytes)
    buffer_->refuse(place.at, "a name of " + std::to_string(place.count) + " bytes");
  buffer_->require(place.at, place.count + 1);  // the NUL behind it, which C libraries read up to
  std::string text(place.count, '\0');
  buffer_->copy(place.at, std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace inferometer::formats
