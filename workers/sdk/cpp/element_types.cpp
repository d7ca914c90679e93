#include "sdk/cpp/element_types.h"

#include <algorithm>

#include "base/error.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker {

std::optional<tensors::DType> ElementTypes::dtype_of(int number) const {
  const auto found = std::ranges::find(entries_, number, &Entry::number);
  if (found == entries_.end()) return std::nullopt;
  return found->dtype;
}

int ElementTypes::number_of(tensors::DType dtype) const {
  const auto found = std::ranges::find(entries_, dtype, &Entry::dtype);
  INFEROMETER_CHECK(found != entries_.end(), tensors::to_text(dtype));
  return found->number;
}

void refuse_element_type(const std::string& port, const std::string& what) {
  throw EngineError(port + " is " + what + "; only tensors of numbers and bool can be measured",
                    /*unsupported=*/true);
}

}  // namespace inferometer::worker
