// Input values out of files: read, checked, cut into sets.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "builder/inputs/sources.h"
#include "inputs/request.h"
#include "inputs/shapes.h"
#include "tensors/tensor.h"

namespace inferometer::builder {

/// Values of one input for one set or for several, one after another.
struct GivenArray {
  tensors::Tensor array;
  std::int64_t sets = 1;
  std::string shown;
};

struct GivenArrays {
  std::map<std::string, GivenArray> by_input;
  std::vector<std::string> remarks;  ///< "the rows 24 to 29 of file ids.npy fill no batch of 8"
};

/// Reads and checks all sources. Throws base::UserError that names file and input, what was found and what is
/// allowed: unknown input, input given twice, other shape or element type, an index outside of its table.
GivenArrays read_sources(const inputs::Request& request, const inputs::Shapes& shapes,
                         const std::vector<Source>& sources);

/// The values of set `set`, from 0; an array for one set serves all.
tensors::Tensor part_for_set(const GivenArray& given, const std::vector<std::int64_t>& shape,
                             std::int64_t set);

}  // namespace inferometer::builder
