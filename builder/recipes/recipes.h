// Ways from what a model is to the variants that it can become: a graph whose edges are the rows of one
// table. A new recipe is one row, and one script of a toolchain (docs/adding-a-recipe.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "builder_client/request.h"
#include "results/model_info.h"
#include "results/variant.h"

namespace inferometer::builder {

/// What building needs: so much memory at its peak, measured (docs/validation.md); and time on two CPUs, very
/// roughly.
struct BuildCost {
  double base_bytes = 0;
  double bytes_a_byte = 0;        ///< more for every byte of float32 weights
  double seconds_a_gigabyte = 0;  ///< of float32 weights, beside five for the libraries to start

  std::int64_t peak_bytes(std::int64_t weights_bytes) const;
  double seconds(std::int64_t weights_bytes) const;
};

/// One part of what a recipe builds.
struct Product {
  std::string part;  ///< "model" where there is one only
  std::string file;  ///< its name, or that of its folder
};

/// One step that the builder does itself, in its own process.
struct NativeJob {
  std::filesystem::path from;            ///< the file of a variant with one part
  std::filesystem::path into;            ///< folder that gets the parts
  const builder_client::Target& target;  ///< samples, and the engine of reference outputs
};

/// One step: a script, or a function of the builder, that builds one variant of another, or of what the user
/// named.
struct Recipe {
  /// Another variant, or the kind of a source: "text-encoder", "keras-application".
  results::Variant from;
  results::Variant to;
  std::string name;    ///< and version; raise the version when the script builds something else
  std::string tool;    ///< package of the environment that the script runs in; empty: `build` does it, or
                       ///< without that the part is the folder that the source is written to
  std::string script;  ///< below the folder of the tool's scripts
  /// Returns a sentence about what it built. Throws base::UserError.
  std::string (*build)(const NativeJob& job) = nullptr;
  std::vector<Product> parts;
  std::string quantize;         ///< of a source that is written: how the engine quantizes it; empty: not
  bool any_shape = false;       ///< of a source: not built for one batch size and sequence length
  bool wants_samples = false;   ///< it looks at the ranges of values that inputs lead to
  bool runs_reference = false;  ///< the engine of reference outputs runs the model on them meanwhile
  bool of_given = false;        ///< reads any file of `from`, not only one that was built here
  BuildCost cost;
};

/// Those that are known.
std::span<const Recipe> recipes();

/// Where the search begins.
struct Start {
  results::Variant kind;    ///< of the source: "text-encoder"; empty: it is a file
  results::Variant native;  ///< that is there without a recipe: our own graph, or the file; empty: none
  bool given = false;       ///< `native` is a file of the user's
};

/// The steps to `to`, first one first: as few as can be, by the order of the rows; none for `native`. Nothing
/// where no way leads there.
std::optional<std::vector<const Recipe*>> find_route(const Start& start, const results::Variant& to,
                                                     std::span<const Recipe> known = recipes());

/// `native` first, then what rows lead to, in their order. `parameters`: of the model, for the cost.
std::vector<results::AvailableVariant> available_variants(const Start& start, std::int64_t parameters,
                                                          std::span<const Recipe> known = recipes());

}  // namespace inferometer::builder
