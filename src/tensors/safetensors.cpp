// The safetensors format: 8 bytes of header length (little endian), a JSON header, the data without gaps.
#include "tensors/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "tensors/input_file.h"

namespace inferometer::tensors {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor files are little endian");

/// The limit of the format's own library.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::uint64_t kLengthBytes = 8;
constexpr const char* kMetadata = "__metadata__";

constexpr std::array<std::pair<const char*, DType>, 13> kTypeNames = {{{"BOOL", DType::Bool},
                                                                       {"U8", DType::Uint8},
                                                                       {"I8", DType::Int8},
                                                                       {"U16", DType::Uint16},
                                                                       {"I16", DType::Int16},
                                                                       {"F16", DType::Float16},
                                                                       {"BF16", DType::BFloat16},
                                                                       {"U32", DType::Uint32},
                                                                       {"I32", DType::Int32},
                                                                       {"F32", DType::Float32},
                                                                       {"U64", DType::Uint64},
                                                                       {"I64", DType::Int64},
                                                                       {"F64", DType::Float64}}};

const char* stored_name(DType type) {
  const auto* row = std::ranges::find(kTypeNames, type, &std::pair<const char*, DType>::second);
  return row->first;
}

DType type_of_stored_name(const std::string& name, const std::string& place) {
  std::vector<std::string> known;
  for (const auto& [stored, type] : kTypeNames) {
    if (name == stored) return type;
    known.emplace_back(stored);
  }
  throw base::UserError(place + base::unknown_word("dtype", name, known));
}

/// A count, a dimension or an offset: a whole number from 0 to 2^63 - 1.
std::int64_t whole_number(const base::Json& json, const std::string& place) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > INT64_MAX) {
    throw base::UserError(fmt::format("{}found {}, allowed is a whole number from 0 to 2^63 - 1", place,
                                      base::printable(base::to_line(json), 60)));
  }
  return json.get<std::int64_t>();
}

void check_keys(const base::Json& entry, const std::string& place) {
  if (!entry.is_object()) throw base::UserError(place + "is no object with dtype, shape and data_offsets");
  for (const char* key : {"dtype", "shape", "data_offsets"}) {
    if (!entry.contains(key)) throw base::UserError(place + "the key '" + key + "' is missing");
  }
  for (const auto& [key, value] : entry.items()) {
    if (key != "dtype" && key != "shape" && key != "data_offsets") {
      throw base::UserError(
          place + base::unknown_word("key", key, std::vector<std::string>{"dtype", "shape", "data_offsets"}));
    }
  }
  if (!entry["dtype"].is_string()) throw base::UserError(place + "the dtype is no string");
  if (!entry["shape"].is_array()) throw base::UserError(place + "the shape is no list");
  if (!entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2) {
    throw base::UserError(place + "data_offsets is no list of two numbers");
  }
}

/// `data_begin`: where the data starts in the file; offsets of the header count from there.
StoredTensor read_entry(const std::string& name, const base::Json& entry, const std::string& place,
                        std::uint64_t data_begin) {
  check_keys(entry, place);
  StoredTensor stored{name, type_of_stored_name(entry["dtype"].get<std::string>(), place), {}};
  for (const auto& dimension : entry["shape"])
    stored.shape.push_back(whole_number(dimension, place + "shape: "));
  const auto begin =
      static_cast<std::uint64_t>(whole_number(entry["data_offsets"][0], place + "data_offsets: "));
  const auto end =
      static_cast<std::uint64_t>(whole_number(entry["data_offsets"][1], place + "data_offsets: "));
  if (end < begin) {
    throw base::UserError(fmt::format("{}data_offsets [{}, {}] end before they begin", place, begin, end));
  }
  std::int64_t size_bytes = 0;
  try {
    size_bytes = element_count(stored.shape);
  } catch (const base::UserError& error) {
    throw base::UserError(place + error.what());
  }
  if (__builtin_mul_overflow(size_bytes, static_cast<std::int64_t>(element_bytes(stored.type)),
                             &size_bytes)) {
    throw base::UserError(place + "the shape " + to_text(stored.shape) + " has more than 2^63 bytes");
  }
  if (static_cast<std::uint64_t>(size_bytes) != end - begin) {
    throw base::UserError(fmt::format("{}data_offsets [{}, {}] hold {} bytes, but {} {} has {}", place, begin,
                                      end, end - begin, to_text(stored.type), to_text(stored.shape),
                                      size_bytes));
  }
  stored.begin = data_begin + begin;
  stored.size_bytes = end - begin;
  return stored;
}

void check_metadata(const base::Json& metadata, const std::string& origin) {
  if (!metadata.is_object()) throw base::UserError(origin + ": __metadata__ is no object");
  for (const auto& [key, value] : metadata.items()) {
    if (!value.is_string()) {
      throw base::UserError(
          fmt::format("{}: __metadata__: the value of '{}' is no string", origin, base::printable(key, 80)));
    }
  }
}

/// The ranges must cover the data exactly: no gap, no overlap, nothing behind the last.
void check_coverage(const std::map<std::string, StoredTensor>& entries, const std::string& origin,
                    std::uint64_t data_begin, std::uint64_t file_bytes) {
  std::vector<const StoredTensor*> ordered;
  for (const auto& [name, stored] : entries) ordered.push_back(&stored);
  std::ranges::sort(ordered, {}, [](const StoredTensor* stored) {
    return std::make_pair(stored->begin, stored->size_bytes);
  });
  std::uint64_t expected = data_begin;
  for (const StoredTensor* stored : ordered) {
    if (stored->begin != expected) {
      throw base::UserError(
          fmt::format("{}: tensor '{}' begins at byte {}, but the tensor before it ends at {}: "
                      "{} are not allowed",
                      origin, base::printable(stored->name, 80), stored->begin, expected,
                      stored->begin < expected ? "overlaps" : "gaps"));
    }
    expected += stored->size_bytes;
    if (expected > file_bytes) {
      throw base::UserError(
          fmt::format("{}: tensor '{}' ends at byte {}, but the file has only {}: it is cut, "
                      "copy or download it again",
                      origin, base::printable(stored->name, 80), expected, file_bytes));
    }
  }
  if (expected != file_bytes) {
    throw base::UserError(fmt::format("{}: {} bytes follow the last tensor, which ends at byte {}: none may",
                                      origin, file_bytes - expected, expected));
  }
}

std::uint64_t read_header_length(const InputFile& input, const std::string& origin) {
  const std::string head = input.head(64);
  std::uint64_t length = 0;
  std::memcpy(&length, head.data(), std::min<std::size_t>(head.size(), sizeof(length)));
  const std::uint64_t rest = input.size_bytes() < kLengthBytes ? 0 : input.size_bytes() - kLengthBytes;
  // A length can look like the start of another format, but not when what it promises is there.
  const bool begins_well = head.size() > kLengthBytes && head[kLengthBytes] == '{' && length <= rest;
  if (const std::string mistake = mistaken_for(head); !begins_well && !mistake.empty()) {
    throw base::UserError(origin + ": no safetensors file: " + mistake);
  }
  if (head.size() < kLengthBytes) {
    throw base::UserError(fmt::format(
        "{}: ends at byte {}: a safetensors file begins with 8 bytes of header length", origin, head.size()));
  }
  if (length > kMaxHeaderBytes) {
    throw base::UserError(
        fmt::format("{}: no safetensors file: bytes 0 to 7 say that the header has {} bytes, "
                    "at most {} are allowed",
                    origin, length, kMaxHeaderBytes));
  }
  if (length > rest) {
    throw base::UserError(
        fmt::format("{}: the header has {} bytes, but the file ends {} bytes after byte 8: it "
                    "is cut, copy or download it again",
                    origin, length, rest));
  }
  return length;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& file) : path_(file) {
  const std::string origin = file.string();
  const InputFile input(file);
  std::string header(read_header_length(input, origin), '\0');
  input.read(kLengthBytes, std::as_writable_bytes(std::span(header)));
  if (!header.starts_with('{'))
    throw base::UserError(origin + ": byte 8: the header does not begin with '{'");
  const base::Json json = base::parse_json(header, origin + ": header");
  const std::uint64_t data_begin = kLengthBytes + header.size();
  for (const auto& [name, entry] : json.items()) {
    if (name == kMetadata) {
      check_metadata(entry, origin);
      continue;
    }
    const std::string place = fmt::format("{}: tensor '{}': ", origin, base::printable(name, 80));
    entries_.emplace(name, read_entry(name, entry, place, data_begin));
  }
  check_coverage(entries_, origin, data_begin, input.size_bytes());
}

Tensor SafetensorsFile::read(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    std::vector<std::string> known;
    for (const auto& [known_name, stored] : entries_) known.push_back(base::printable(known_name, 80));
    throw base::UserError(path_.string() + ": " + base::unknown_word("tensor", name, known));
  }
  Tensor tensor(name, found->second.type, found->second.shape);
  InputFile(path_).read(found->second.begin, tensor.bytes());
  return tensor;
}

std::vector<Tensor> read_safetensors(const std::filesystem::path& file) {
  const SafetensorsFile stored(file);
  std::vector<Tensor> tensors;
  for (const auto& [name, entry] : stored.entries()) tensors.push_back(stored.read(name));
  return tensors;
}

void write_safetensors(const std::filesystem::path& file, std::span<const Tensor> tensors) {
  std::map<std::string, const Tensor*> ordered;
  for (const Tensor& tensor : tensors) {
    INFEROMETER_CHECK(tensor.name() != kMetadata, "a tensor cannot have the name of the metadata");
    INFEROMETER_CHECK(ordered.emplace(tensor.name(), &tensor).second, "two tensors named " + tensor.name());
  }
  base::Json header = base::Json::object();
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : ordered) {
    const std::uint64_t end = offset + tensor->bytes().size();
    header[name] = {
        {"dtype", stored_name(tensor->type())}, {"shape", tensor->shape()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = base::to_line(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::uint64_t length = text.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  bytes.reserve(bytes.size() + text.size() + offset);
  bytes += text;
  for (const auto& [name, tensor] : ordered) {
    bytes.append(reinterpret_cast<const char*>(tensor->bytes().data()), tensor->bytes().size());
  }
  base::write_file_atomically(file, bytes);
}

}  // namespace inferometer::tensors
