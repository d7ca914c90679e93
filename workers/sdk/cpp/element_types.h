// An engine's numbers for element types. Every engine has other numbers and the same questions.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "tensors/tensor.h"

namespace inferometer::worker {

/// A table of an engine, for instance {{DType::Float32, 1}, {DType::Uint8, 2}}.
class ElementTypes {
 public:
  struct Entry {
    tensors::DType dtype;
    int number;
  };
  /// `entries` outlive it.
  constexpr explicit ElementTypes(std::span<const Entry> entries) : entries_(entries) {}

  std::span<const Entry> entries() const { return entries_; }
  /// Nothing for a number that is not in the table.
  std::optional<tensors::DType> dtype_of(int number) const;
  /// `dtype` is in the table.
  int number_of(tensors::DType dtype) const;

 private:
  std::span<const Entry> entries_;
};

/// Throws an unsupported EngineError: "input 'x' is a tensor of strings; only tensors of numbers and bool can
/// be measured". `port`: "input 'x'".
[[noreturn]] void refuse_element_type(const std::string& port, const std::string& what);

}  // namespace inferometer::worker
