#include "builder/inspect/foreign_format.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "tensors/input_file.h"

namespace inferometer::builder {
namespace {

using std::string_view_literals::operator""sv;

struct Mark {
  std::size_t offset;
  std::string_view bytes;
  std::string_view meaning;
};

/// Besides those that tensors knows.
constexpr std::array kMarks = {
    Mark{4, "ORTM"sv, "this is a model in the ORT format: give the .onnx file it was made from"sv},
    Mark{0, "\x89HDF"sv, "this is an HDF5 file (Keras weights)"sv},
    Mark{0, "\x1f\x8b"sv, "this is a gzip archive: unpack it"sv},
    Mark{0, "\x89PNG"sv, "this is a PNG image"sv},
    Mark{0, "\xff\xd8\xff"sv, "this is a JPEG image"sv},
    // Two literals, because "\x7fE" would be one number.
    Mark{0,
         "\x7f"
         "ELF"sv,
         "this is a program or shared library"sv},
    Mark{0, "%PDF"sv, "this is a PDF document"sv},
};

bool looks_like_safetensors(std::string_view bytes) {
  if (bytes.size() < 10 || bytes[8] != '{') return false;
  // The length of the header, little-endian: below 2^32 in any real file.
  return bytes.substr(4, 4) == "\0\0\0\0"sv;
}

bool is_text(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value >= 0x20 && value < 0x7f) || value == '\n' || value == '\r' || value == '\t';
  });
}

}  // namespace

std::string foreign_format(std::string_view first_bytes) {
  if (auto mistake = tensors::mistaken_for(first_bytes); !mistake.empty()) return mistake;
  for (const auto& mark : kMarks) {
    if (first_bytes.size() >= mark.offset && first_bytes.substr(mark.offset).starts_with(mark.bytes)) {
      return std::string(mark.meaning);
    }
  }
  if (looks_like_safetensors(first_bytes)) {
    return "this is a safetensors file: give the checkpoint folder that holds it with its config.json";
  }
  if (!is_text(first_bytes)) return {};
  const bool one_path =
      first_bytes.find('\n') == std::string_view::npos && first_bytes.find('/') != std::string_view::npos;
  return "this is text ('" + base::printable(first_bytes, 40) + "')" +
         (one_path ? ": it reads like a symbolic link that was checked out as text; get the file it points to"
                   : "");
}

}  // namespace inferometer::builder
