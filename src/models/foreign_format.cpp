#include "models/foreign_format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "base/text.h"

namespace inferometer::models {
namespace {

using std::string_view_literals::operator""sv;

struct Mark {
  std::size_t offset;
  std::string_view bytes;
  std::string_view meaning;  ///< the end of the message
};

// Saved downloads that went wrong. They take the place of any kind of file.
constexpr std::array kFailedDownloads = {
    Mark{0, "version https://git-lfs.github.com/spec"sv,
         "is a Git LFS pointer, not the file itself: run 'git lfs pull' in its folder"sv},
    Mark{0, "\x1f\x8b"sv, "is a gzip archive: unpack it and give the file inside"sv},
    Mark{0, "PK\x03\x04"sv, "is a zip archive (a .pt file of PyTorch is one too): give the file inside"sv},
};

constexpr std::array kOtherFormats = {
    Mark{0, "RIFF"sv, "is a RIFF file (wav audio, for example)"sv},
    Mark{0, "GGUF"sv, "is a GGUF model"sv},
    Mark{4, "TFL3"sv, "is a TensorFlow Lite model"sv},
    Mark{4, "ORTM"sv, "is a model in the ORT format: give the .onnx file it was made from"sv},
    Mark{0, "\x89HDF"sv, "is an HDF5 file (Keras weights, for example)"sv},
    Mark{0, "\x93NUMPY"sv, "is a NumPy array"sv},
    Mark{0, "\x80\x02"sv, "is a Python pickle, which can run code and is not read"sv},
    Mark{0, "\x80\x04"sv, "is a Python pickle, which can run code and is not read"sv},
    Mark{0, "\x89PNG"sv, "is a PNG image"sv},
    Mark{0, "\xff\xd8\xff"sv, "is a JPEG image"sv},
    Mark{0, "\x7f"
            "ELF"sv,
         "is a program or shared library"sv},
    Mark{0, "%PDF"sv, "is a PDF document"sv},
};

constexpr std::string_view kWanted = ", not an ONNX model: give an .onnx file or a checkpoint folder";

std::string_view find_mark(std::string_view bytes, const auto& marks) {
  for (const auto& mark : marks) {
    if (bytes.size() >= mark.offset && bytes.substr(mark.offset).starts_with(mark.bytes)) return mark.meaning;
  }
  return {};
}

bool looks_like_html(std::string_view bytes) {
  std::string start;
  for (const char byte : bytes) {
    if (start.empty() && std::isspace(static_cast<unsigned char>(byte)) != 0) continue;
    start += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    if (start.size() == 16) break;
  }
  return start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head");
}

bool looks_like_safetensors(std::string_view bytes) {
  if (bytes.size() < 10 || bytes[8] != '{') return false;
  std::uint64_t header_bytes = 0;
  for (int i = 7; i >= 0; --i) {
    header_bytes = (header_bytes << 8) | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  }
  return header_bytes < (std::uint64_t{1} << 32);
}

bool is_text(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value >= 0x20 && value < 0x7f) || value == '\n' || value == '\r' || value == '\t';
  });
}

std::string failed_download(std::string_view bytes) {
  if (bytes.empty()) return "is empty";
  if (const auto mark = find_mark(bytes, kFailedDownloads); !mark.empty()) return std::string(mark);
  if (looks_like_html(bytes)) return "is an HTML page (a failed download?): download the file itself";
  return {};
}

}  // namespace

std::string foreign_format(std::string_view first_bytes) {
  if (auto failed = failed_download(first_bytes); !failed.empty()) return failed;
  if (const auto mark = find_mark(first_bytes, kOtherFormats); !mark.empty()) {
    return std::string(mark) + std::string(kWanted);
  }
  if (looks_like_safetensors(first_bytes)) {
    return "is a safetensors file" + std::string(kWanted) + " (the folder that holds it with its config.json)";
  }
  if (is_text(first_bytes)) {
    const bool link = first_bytes.find('\n') == std::string_view::npos &&
                      first_bytes.find('/') != std::string_view::npos;
    return "is text ('" + base::printable(first_bytes, 40) + "')" + std::string(kWanted) +
           (link ? " (it reads like a symbolic link that was checked out as text)" : "");
  }
  return {};
}

std::string foreign_weights_format(std::string_view first_bytes) { return failed_download(first_bytes); }

}  // namespace inferometer::models
