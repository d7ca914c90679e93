#include "onnx/wire_scan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace inferometer::onnx {
namespace {

enum class Message { Model, Graph, Node, Attribute, Tensor, Function, ValueInfo };

/// The fields that hold messages worth going down into; all others are skipped by their length.
struct Nested {
  Message parent;
  std::uint64_t field;
  Message child;
};
constexpr std::array kNested = {
    Nested{Message::Model, 7, Message::Graph},       Nested{Message::Model, 25, Message::Function},
    Nested{Message::Graph, 1, Message::Node},        Nested{Message::Graph, 5, Message::Tensor},
    Nested{Message::Graph, 11, Message::ValueInfo},  Nested{Message::Graph, 12, Message::ValueInfo},
    Nested{Message::Node, 5, Message::Attribute},    Nested{Message::Function, 7, Message::Node},
    Nested{Message::Attribute, 5, Message::Tensor},  Nested{Message::Attribute, 6, Message::Graph},
    Nested{Message::Attribute, 10, Message::Tensor}, Nested{Message::Attribute, 11, Message::Graph},
};

class Scanner {
 public:
  Scanner(const tensors::InputFile& input, const std::filesystem::path& file) : input_(input), file_(file) {}

  void run() { message(Message::Model, input_.size_bytes(), 0); }

 private:
  [[noreturn]] void refuse(std::uint64_t byte, const std::string& found) const {
    throw base::UserError(file_.string() + ": byte " + std::to_string(byte) + ": " + found +
                          ": the file is cut, damaged or no ONNX model; copy or export it again");
  }

  unsigned char byte_at(std::uint64_t offset) {
    if (offset < window_begin_ || offset >= window_begin_ + window_.size()) {
      window_.resize(std::min<std::uint64_t>(kWindowBytes, input_.size_bytes() - offset));
      input_.read(offset, std::as_writable_bytes(std::span(window_)));
      window_begin_ = offset;
    }
    return window_[offset - window_begin_];
  }

  std::uint64_t varint(std::uint64_t end) {
    const std::uint64_t start = position_;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (position_ >= end) refuse(start, "a number is cut off");
      const unsigned char byte = byte_at(position_++);
      if (shift < 64) value |= std::uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) return value;
    }
    refuse(start, "a number of more than 10 bytes");
  }

  void skip(std::uint64_t bytes, std::uint64_t end, std::uint64_t field) {
    if (bytes > end - position_) {
      refuse(position_, "field " + std::to_string(field) + " says it has " + std::to_string(bytes) +
                            " bytes, " + std::to_string(end - position_) + " are left");
    }
    position_ += bytes;
  }

  void message(Message kind, std::uint64_t end, int graph_depth) {
    if (graph_depth > kMaxGraphDepth) {
      throw base::UserError(file_.string() + ": byte " + std::to_string(position_) +
                            ": graphs lie in each other more than " + std::to_string(kMaxGraphDepth) +
                            " deep (If, Loop or Scan): at most " + std::to_string(kMaxGraphDepth) +
                            " levels are read");
    }
    while (position_ < end) field_of(kind, end, graph_depth);
  }

  void field_of(Message kind, std::uint64_t end, int graph_depth) {
    const std::uint64_t start = position_;
    const std::uint64_t tag = varint(end);
    const std::uint64_t field = tag >> 3;
    if (field == 0 || tag > UINT32_MAX) refuse(start, "no field of a message begins here");
    switch (tag & 7) {
      case 0:
        varint(end);
        return;
      case 1:
        return skip(8, end, field);
      case 2:
        return length_delimited(kind, field, end, graph_depth);
      case 5:
        return skip(4, end, field);
      default:
        refuse(start, "no field of a message begins here");
    }
  }

  void length_delimited(Message kind, std::uint64_t field, std::uint64_t end, int graph_depth) {
    const std::uint64_t length = varint(end);
    const std::uint64_t begin = position_;
    skip(length, end, field);
    const auto* nested = std::find_if(kNested.begin(), kNested.end(), [&](const Nested& candidate) {
      return candidate.parent == kind && candidate.field == field;
    });
    if (nested == kNested.end()) return;
    position_ = begin;
    message(nested->child, begin + length, graph_depth + (nested->child == Message::Graph ? 1 : 0));
  }

  static constexpr std::uint64_t kWindowBytes = 64 * 1024;

  const tensors::InputFile& input_;
  const std::filesystem::path& file_;
  std::uint64_t position_ = 0;
  std::vector<unsigned char> window_;
  std::uint64_t window_begin_ = 0;
};

}  // namespace

void scan_wire(const tensors::InputFile& input, const std::filesystem::path& file) {
  Scanner(input, file).run();
}

}  // namespace inferometer::onnx
