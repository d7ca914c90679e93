// Field positions are those of APPNOTE.TXT, the specification of the format (sections 4.3.7, 4.3.12, 4.3.16).
#include "tensors/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::tensors {
namespace {

/// A small file can declare terabytes; inputs of a model are far below this.
constexpr std::uint64_t kMaxZipBytes = std::uint64_t{2} << 30;
constexpr std::size_t kMaxMembers = 4096;

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEntrySignature = 0x02014b50;
constexpr std::uint32_t kHeaderSignature = 0x04034b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kHeaderBytes = 30;
constexpr std::size_t kMaxCommentBytes = 65535;
constexpr std::uint32_t kInExtraField = 0xFFFFFFFF;
constexpr std::uint16_t kEncrypted = 1 << 0;
constexpr std::uint16_t kSizesFollowTheBytes = 1 << 3;

template <typename T>
T field(std::string_view bytes, std::size_t at) {
  T value;
  INFEROMETER_CHECK(at + sizeof(T) <= bytes.size(), "zip field");
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}
std::uint16_t field16(std::string_view bytes, std::size_t at) { return field<std::uint16_t>(bytes, at); }
std::uint32_t field32(std::string_view bytes, std::size_t at) { return field<std::uint32_t>(bytes, at); }

std::string read_text(const InputFile& input, std::uint64_t begin, std::uint64_t size_bytes) {
  std::string bytes(static_cast<std::size_t>(size_bytes), '\0');
  input.read(begin, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::string lower_case(std::string name) {
  for (char& letter : name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return name;
}

/// Sizes of a member by its own header. NumPy always writes them into the zip64 extra field (id 1: size, then
/// stored size, 8 bytes each) and marks the 4-byte fields.
struct HeaderSizes {
  std::uint64_t stored_bytes = 0;
  std::uint64_t size_bytes = 0;
};
HeaderSizes header_sizes(std::string_view header, std::string_view extra) {
  const HeaderSizes sizes{field32(header, 18), field32(header, 22)};
  if (sizes.stored_bytes != kInExtraField || sizes.size_bytes != kInExtraField) return sizes;
  while (extra.size() >= 4) {
    const std::size_t length = field16(extra, 2);
    if (length > extra.size() - 4) break;
    if (field16(extra, 0) == 1 && length >= 16)
      return {field<std::uint64_t>(extra, 12), field<std::uint64_t>(extra, 4)};
    extra.remove_prefix(4 + length);
  }
  return sizes;
}

/// False when the bytes are no deflate stream of exactly the size of `into`.
bool inflate_exactly(const std::string& stored, std::string& into) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
  stream.avail_in = static_cast<uInt>(stored.size());
  stream.next_out = reinterpret_cast<Bytef*>(into.data());
  stream.avail_out = static_cast<uInt>(into.size());
  const int result = inflate(&stream, Z_FINISH);
  const bool whole = result == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
  inflateEnd(&stream);
  return whole;
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& file) : origin_(file.string()), input_(file) {
  const Directory directory = find_directory();
  read_directory(directory);
  check_names();
  for (ZipMember& member : members_) check_header(member, directory.begin);
  check_layout(directory.begin);
}

void ZipArchive::fail(const std::string& what) const {
  throw base::UserError(origin_ + ": damaged or no npz file: " + what);
}

ZipArchive::Directory ZipArchive::find_directory() const {
  const std::string head = input_.head(64);
  if (!head.starts_with("PK")) {
    const std::string mistake = mistaken_for(head);
    fail(mistake.empty() ? "it does not begin as a zip archive" : mistake);
  }
  const std::uint64_t searched = std::min<std::uint64_t>(input_.size_bytes(), kEndBytes + kMaxCommentBytes);
  const std::string tail = read_text(input_, input_.size_bytes() - searched, searched);
  for (std::size_t at = tail.size() < kEndBytes ? 0 : tail.size() - kEndBytes + 1; at-- > 0;) {
    if (field32(tail, at) != kEndSignature || at + kEndBytes + field16(tail, at + 20) != tail.size())
      continue;
    const std::uint64_t end_begin = input_.size_bytes() - tail.size() + at;
    const Directory directory{field32(tail, at + 16), field32(tail, at + 12), field16(tail, at + 10)};
    const bool one_disk = field16(tail, at + 4) == 0 && field16(tail, at + 6) == 0 &&
                          field16(tail, at + 8) == directory.members;
    if (!one_disk || directory.begin + directory.size_bytes != end_begin) {
      fail(fmt::format(
          "its end record at byte {} does not fit the file (zip64 archives are not read: save npy files)",
          end_begin));
    }
    if (directory.members > kMaxMembers) {
      fail(fmt::format("it has {} members, at most {} are allowed", directory.members, kMaxMembers));
    }
    return directory;
  }
  fail("the end record of a zip archive is missing: the file is cut");
}

void ZipArchive::read_directory(const Directory& directory) {
  const std::string bytes = read_text(input_, directory.begin, directory.size_bytes);
  std::uint64_t total = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < directory.members; ++i) {
    const std::string_view entry = std::string_view(bytes).substr(at);
    if (entry.size() < kEntryBytes || field32(entry, 0) != kEntrySignature)
      fail(fmt::format("entry {} of its directory", i));
    const std::size_t name_bytes = field16(entry, 28);
    const std::size_t entry_bytes = kEntryBytes + name_bytes + field16(entry, 30) + field16(entry, 32);
    if (entry.size() < entry_bytes) fail(fmt::format("entry {} of its directory is cut", i));
    ZipMember member{std::string(entry.substr(kEntryBytes, name_bytes))};
    const std::string shown = base::printable(member.name, 80);
    if ((field16(entry, 8) & kEncrypted) != 0) fail("the member '" + shown + "' is encrypted");
    const int method = field16(entry, 10);
    if (method != 0 && method != Z_DEFLATED) {
      fail(fmt::format("the member '{}' is packed by method {}; allowed are 0 (stored) and 8 (deflate)",
                       shown, method));
    }
    member.deflated = method == Z_DEFLATED;
    member.crc32 = field32(entry, 16);
    member.stored_bytes = field32(entry, 20);
    member.size_bytes = field32(entry, 24);
    member.header_begin = field32(entry, 42);
    total += member.size_bytes;
    if (total > kMaxZipBytes) {
      fail(fmt::format("its members have more than {} in all: save npy files",
                       base::format_bytes(kMaxZipBytes)));
    }
    members_.push_back(std::move(member));
    at += entry_bytes;
  }
  if (at != bytes.size()) fail("bytes follow the last entry of its directory");
}

void ZipArchive::check_names() const {
  std::set<std::string> seen;
  for (const ZipMember& member : members_) {
    const std::string shown = base::printable(member.name, 80);
    if (member.name.find_first_of("/\\:") != std::string::npos ||
        member.name.find('\0') != std::string::npos) {
      fail("the member '" + shown + "' is named as a path");
    }
    if (!seen.insert(lower_case(member.name)).second) {
      fail("two members are named '" + shown + "' (or differ only in case)");
    }
  }
}

void ZipArchive::check_header(ZipMember& member, std::uint64_t directory_begin) const {
  const std::string shown = base::printable(member.name, 80);
  if (member.header_begin + kHeaderBytes > directory_begin) fail("the member '" + shown + "' lies outside");
  const std::string header = read_text(input_, member.header_begin, kHeaderBytes);
  const std::uint64_t name_begin = member.header_begin + kHeaderBytes;
  const std::size_t name_bytes = field16(header, 26);
  member.begin = name_begin + name_bytes + field16(header, 28);
  if (member.begin + member.stored_bytes > directory_begin) fail("the member '" + shown + "' lies outside");
  const std::string name_and_extra = read_text(input_, name_begin, member.begin - name_begin);
  const HeaderSizes sizes = header_sizes(header, std::string_view(name_and_extra).substr(name_bytes));
  const bool sizes_follow = (field16(header, 6) & kSizesFollowTheBytes) != 0;
  const bool same_sizes = sizes.stored_bytes == member.stored_bytes &&
                          sizes.size_bytes == member.size_bytes && field32(header, 14) == member.crc32;
  const bool same_name = std::string_view(name_and_extra).substr(0, name_bytes) == member.name;
  const bool same_method = field16(header, 8) == (member.deflated ? Z_DEFLATED : 0);
  if (field32(header, 0) != kHeaderSignature || !same_name || !same_method || !(sizes_follow || same_sizes)) {
    fail("the directory and the header disagree about the member '" + shown + "'");
  }
}

void ZipArchive::check_layout(std::uint64_t directory_begin) const {
  std::vector<const ZipMember*> ordered;
  for (const ZipMember& member : members_) ordered.push_back(&member);
  std::ranges::sort(ordered, {}, &ZipMember::header_begin);
  std::uint64_t free_from = 0;
  for (const ZipMember* member : ordered) {
    const bool begins_the_file = member != ordered.front() || member->header_begin == 0;
    if (!begins_the_file || member->header_begin < free_from) {
      fail("the member '" + base::printable(member->name, 80) + "' begins at byte " +
           std::to_string(member->header_begin) + (begins_the_file ? ", inside another" : " instead of 0"));
    }
    free_from = member->begin + member->stored_bytes;
  }
  if (free_from > directory_begin) fail("its members reach into its directory");
}

std::string ZipArchive::read(const ZipMember& member) const {
  const std::string shown = base::printable(member.name, 80);
  std::string bytes = read_text(input_, member.begin, member.stored_bytes);
  if (member.deflated) {
    std::string inflated(static_cast<std::size_t>(member.size_bytes), '\0');
    if (!inflate_exactly(bytes, inflated)) {
      fail(fmt::format("the member '{}' does not inflate to the {} bytes it declares", shown,
                       member.size_bytes));
    }
    bytes = std::move(inflated);
  }
  const uLong checksum = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (bytes.size() != member.size_bytes || checksum != member.crc32) {
    fail("the checksum of the member '" + shown + "' does not fit its bytes");
  }
  return bytes;
}

}  // namespace inferometer::tensors
