// Outputs beside those of a reference.
#pragma once

#include <span>
#include <string>

#include "tensors/tensor.h"

namespace inferometer::tensors {

/// How two sets of outputs differ. Tensors are matched by name and compared as doubles; widths may differ
/// (float16 against float32), kinds may not (float, integer, bool). Outputs that the reference lacks are
/// ignored.
struct Difference {
  double max_abs_error = 0;  ///< over all tensors
  double max_rel_error = 0;  ///< largest over tensors of (max abs error / largest absolute reference value);
                             ///< where the reference is all zero, the absolute error
  double cosine = 1;    ///< smallest over tensors; two zero tensors agree (1), a zero and another do not (0)
  std::string worst;    ///< name of the tensor with the largest max_rel_error
  std::string problem;  ///< not empty: the first NaN, infinite value, missing tensor, other shape or kind:
                        ///< "NaN in logits at [0, 7]"; that tensor is left out of the numbers
};
Difference compare(std::span<const Tensor> reference, std::span<const Tensor> outputs);

}  // namespace inferometer::tensors
