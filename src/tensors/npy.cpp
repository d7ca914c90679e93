// The npy format (numpy.lib.format): magic, version, header length, a Python dictionary, the array.
#include "tensors/npy.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "tensors/input_file.h"

namespace inferometer::tensors {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
/// Inputs of a model are far below this; a sparse file can claim terabytes.
constexpr std::uint64_t kMaxArrayBytes = std::uint64_t{2} << 30;

constexpr std::array<std::pair<std::string_view, DType>, 12> kTypeCodes = {{{"b1", DType::Bool},
                                                                            {"u1", DType::Uint8},
                                                                            {"i1", DType::Int8},
                                                                            {"u2", DType::Uint16},
                                                                            {"i2", DType::Int16},
                                                                            {"f2", DType::Float16},
                                                                            {"u4", DType::Uint32},
                                                                            {"i4", DType::Int32},
                                                                            {"f4", DType::Float32},
                                                                            {"u8", DType::Uint64},
                                                                            {"i8", DType::Int64},
                                                                            {"f8", DType::Float64}}};

/// Reads the one kind of Python dictionary that NumPy writes, and no other Python.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, std::string origin) : text_(text), origin_(std::move(origin)) {}

  NpyLayout read() {
    NpyLayout layout;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      read_value(key, layout);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (at_ != text_.size()) fail("more text after the dictionary");
    for (const auto& [seen, key] : {std::pair(has_type_, "descr"), std::pair(has_order_, "fortran_order"),
                                    std::pair(has_shape_, "shape")}) {
      if (!seen) fail(fmt::format("the key '{}' is missing", key));
    }
    return layout;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw base::UserError(fmt::format("{}: npy header, character {}: {}", origin_, at_, what));
  }

  void read_value(const std::string& key, NpyLayout& layout) {
    if (key == "descr" && !std::exchange(has_type_, true)) {
      layout.type = element_type();
    } else if (key == "fortran_order" && !std::exchange(has_order_, true)) {
      layout.fortran_order = truth();
    } else if (key == "shape" && !std::exchange(has_shape_, true)) {
      layout.shape = shape();
    } else {
      fail("the key '" + base::printable(key, 40) + "' is unknown or a duplicate");
    }
  }

  DType element_type() {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '[')
      fail("structured arrays are not read: save one array per field");
    const std::string code = quoted();
    if (code.find('O') != std::string::npos) {
      fail("object arrays are pickles, which can run code when they are read: save a numeric array");
    }
    if (code.starts_with('>')) {
      fail("the array is big-endian: save array.astype(array.dtype.newbyteorder('<'))");
    }
    if (!code.empty() && (code[0] == '<' || code[0] == '|')) {
      for (const auto& [known, type] : kTypeCodes) {
        if (std::string_view(code).substr(1) == known) return type;
      }
    }
    fail("the dtype '" + base::printable(code, 40) +
         "' is not read; allowed are bool, (u)int8 to (u)int64, float16, float32, float64 (for bfloat16 use "
         "safetensors)");
  }

  Shape shape() {
    Shape dimensions;
    expect('(');
    while (!accept(')')) {
      dimensions.push_back(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return dimensions;
  }

  std::int64_t number() {
    skip_blanks();
    std::int64_t value = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
          __builtin_add_overflow(value, std::int64_t{text_[at_] - '0'}, &value)) {
        fail("a dimension is above 2^63 - 1");
      }
    }
    if (at_ == begin) fail("expected a dimension, a whole number from 0");
    return value;
  }

  bool truth() {
    skip_blanks();
    for (const auto& [word, value] :
         {std::pair(std::string_view("True"), true), std::pair(std::string_view("False"), false)}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail("expected True or False");
  }

  std::string quoted() {
    skip_blanks();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) fail("expected a quoted word");
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) fail("the quoted word does not end");
    const std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool accept(char letter) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != letter) return false;
    ++at_;
    return true;
  }
  void expect(char letter) {
    if (!accept(letter)) fail(fmt::format("expected '{}'", letter));
  }

  std::string_view text_;
  std::string origin_;
  std::size_t at_ = 0;
  bool has_type_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

void check_size(const NpyLayout& layout, std::uint64_t file_bytes, const std::string& origin) {
  std::int64_t size_bytes = 0;
  try {
    size_bytes = element_count(layout.shape);
  } catch (const base::UserError& error) {
    throw base::UserError(origin + ": " + error.what());
  }
  if (file_bytes > kMaxArrayBytes) {
    throw base::UserError(fmt::format("{}: has {} bytes; at most {} are allowed for one array", origin,
                                      file_bytes, kMaxArrayBytes));
  }
  const bool overflow =
      __builtin_mul_overflow(size_bytes, static_cast<std::int64_t>(element_bytes(layout.type)), &size_bytes);
  const std::uint64_t held = file_bytes - layout.data_begin;
  if (overflow || static_cast<std::uint64_t>(size_bytes) != held) {
    throw base::UserError(
        fmt::format("{}: {} {} needs {} bytes, but {} follow the header: the file is cut or damaged", origin,
                    to_text(layout.type), to_text(layout.shape),
                    overflow ? "more than 2^63" : std::to_string(size_bytes), held));
  }
}

}  // namespace

NpyLayout read_npy_layout(std::string_view head, std::uint64_t file_bytes, const std::string& origin) {
  if (!head.starts_with(kMagic)) {
    const std::string mistake = mistaken_for(head);
    throw base::UserError(origin + ": no npy file" + (mistake.empty() ? "" : ": " + mistake));
  }
  const std::size_t version_at = kMagic.size();
  const int version = head.size() > version_at ? static_cast<unsigned char>(head[version_at]) : 0;
  if (version < 1 || version > 3) {
    throw base::UserError(fmt::format("{}: npy version {}, allowed are 1 to 3", origin, version));
  }
  const std::size_t length_at = version_at + 2;
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t header_at = length_at + length_bytes;
  if (head.size() < header_at)
    throw base::UserError(fmt::format("{}: ends at byte {}, in the npy header", origin, head.size()));
  std::uint32_t length = 0;
  std::memcpy(&length, head.data() + length_at, length_bytes);
  if (length > kMaxNpyHeadBytes - header_at || length > file_bytes - header_at) {
    throw base::UserError(
        fmt::format("{}: the npy header has {} bytes; at most {} are allowed, and the file has {}", origin,
                    length, kMaxNpyHeadBytes - header_at, file_bytes));
  }
  NpyLayout layout = HeaderReader(head.substr(header_at, length), origin).read();
  layout.data_begin = header_at + length;
  check_size(layout, file_bytes, origin);
  return layout;
}

Tensor to_c_order(const Tensor& array) {
  Tensor ordered(array.name(), array.type(), array.shape());
  const std::size_t each = element_bytes(array.type());
  const Shape& shape = array.shape();
  Shape strides(shape.size());  // of Fortran order, in elements
  std::int64_t stride = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  Shape index(shape.size());
  std::int64_t from = 0;
  for (std::int64_t to = 0; to < array.elements(); ++to) {
    std::memcpy(ordered.bytes().data() + static_cast<std::size_t>(to) * each,
                array.bytes().data() + static_cast<std::size_t>(from) * each, each);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}

Tensor read_npy(const std::filesystem::path& file) {
  const InputFile input(file);
  const NpyLayout layout = read_npy_layout(input.head(kMaxNpyHeadBytes), input.size_bytes(), file.string());
  Tensor tensor(file.stem().string(), layout.type, layout.shape);
  input.read(layout.data_begin, tensor.bytes());
  return layout.fortran_order ? to_c_order(tensor) : std::move(tensor);
}

}  // namespace inferometer::tensors
