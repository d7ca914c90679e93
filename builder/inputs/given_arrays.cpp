#include "builder/inputs/given_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "tensors/npy.h"
#include "tensors/npz.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

using results::ModelInput;
using tensors::Shape;
using tensors::Tensor;

std::vector<std::string> names_of(const std::vector<ModelInput>& inputs) {
  std::vector<std::string> names;
  for (const ModelInput& input : inputs) names.push_back(input.name);
  return names;
}

const ModelInput* find_input(const inputs::Request& request, const std::string& name) {
  const auto found = std::ranges::find(inputs_of(request), name, &ModelInput::name);
  return found == inputs_of(request).end() ? nullptr : &*found;
}

std::vector<Tensor> read_arrays(const std::filesystem::path& file) {
  std::vector<Tensor> arrays;
  if (file.extension() == ".npy") {
    arrays.push_back(tensors::read_npy(file));
  } else if (file.extension() == ".npz") {
    arrays = tensors::read_npz(file);
  } else if (file.extension() == ".safetensors") {
    arrays = tensors::read_safetensors(file);
  } else {
    throw base::UserError(
        fmt::format("--input {}: the name of the file ends with '{}'; allowed are .npy, .npz and "
                    ".safetensors",
                    file.string(), file.extension().string()));
  }
  return arrays;
}

/// The one array of `source.file` that is meant for `source.input`.
Tensor array_for_input(const Source& source, std::vector<Tensor> arrays) {
  const auto same_name = std::ranges::find(arrays, source.input, &Tensor::name);
  if (same_name != arrays.end()) return std::move(*same_name);
  if (arrays.size() == 1) return std::move(arrays.front());
  std::vector<std::string> names;
  for (const Tensor& array : arrays) names.push_back(base::printable(array.name(), 80));
  throw base::UserError(source.file.string() + ": " + base::unknown_word("array", source.input, names));
}

/// Arrays of a file that names them, by the input they are for; `left_out` gets the others.
std::vector<Tensor> arrays_for_inputs(const inputs::Request& request, const Source& source,
                                      std::vector<std::string>& left_out) {
  if (source.file.extension() == ".npy") {
    throw base::UserError(fmt::format(
        "--input {}: an npy file does not name its input: type --input NAME={} (inputs: {})",
        source.file.string(), source.file.string(), base::join(names_of(inputs_of(request)), ", ")));
  }
  std::vector<Tensor> wanted;
  for (Tensor& array : read_arrays(source.file)) {
    if (find_input(request, array.name()) != nullptr) {
      wanted.push_back(std::move(array));
    } else {
      left_out.push_back(base::printable(array.name(), 80));
    }
  }
  if (wanted.empty()) {
    throw base::UserError(fmt::format("{}: holds no array named as an input (found: {}; inputs: {})",
                                      source.file.string(),
                                      left_out.empty() ? "none" : base::join(left_out, ", "),
                                      base::join(names_of(inputs_of(request)), ", ")));
  }
  return wanted;
}

/// How many sets an array holds whose shape is right; rows that fill no batch are `rest`.
std::optional<std::int64_t> sets_in(const Shape& found, const Shape& expected, std::int64_t& rest) {
  rest = 0;
  if (found == expected) return 1;
  const bool stacked = found.size() == expected.size() + 1 && found.front() > 0 &&
                       std::equal(expected.begin(), expected.end(), found.begin() + 1);
  if (stacked) return found.front();
  const bool chained = !found.empty() && found.size() == expected.size() &&
                       found.front() >= expected.front() &&
                       std::equal(expected.begin() + 1, expected.end(), found.begin() + 1);
  if (!chained) return std::nullopt;
  rest = found.front() % expected.front();
  return found.front() / expected.front();
}

/// "--sequence-lengths 17 makes it fit", where flags can do that; else empty.
std::string flags_that_fit(const ModelInput& input, const Shape& found, const Shape& expected) {
  if (found.size() != expected.size()) return "";
  std::vector<std::string> flags;
  for (std::size_t axis = 0; axis < found.size(); ++axis) {
    const auto& dimension = input.shape[axis];
    if (found[axis] == expected[axis]) continue;
    if (dimension.size > 0 || found[axis] < 1) return "";
    if (dimension.role == "batch") {
      if (found[axis] < expected[axis]) flags.push_back(fmt::format("--batch-sizes {}", found[axis]));
    } else if (dimension.role == "sequence") {
      flags.push_back(fmt::format("--sequence-lengths {}", found[axis]));
    } else {
      flags.push_back("--dim " +
                      base::shell_word(base::printable(fmt::format("{}={}", dimension.name, found[axis]))));
    }
  }
  return ": " + base::join(flags, " ") + " makes it fit";
}

/// Refuses indices that the model would look up outside of its table; a negative one counts from the end.
void check_indices(const ModelInput& input, const Tensor& array, const std::string& place) {
  if (input.index_bound == 0) return;
  const auto values = array.to_doubles();
  const auto bound = static_cast<double>(input.index_bound);
  const auto outside =
      std::ranges::find_if(values, [&](double value) { return value >= bound || value < -bound; });
  if (outside != values.end()) {
    throw base::UserError(
        fmt::format("{}: element {} is {:.0f}; allowed is up to {}, the model's table has {} rows", place,
                    outside - values.begin(), *outside, input.index_bound - 1, input.index_bound));
  }
}

class SourceReader {
 public:
  SourceReader(const inputs::Request& request, const inputs::Shapes& shapes)
      : request_(request), shapes_(shapes) {}

  void read(const Source& source) {
    if (!source.input.empty()) {
      const ModelInput* input = find_input(request_, source.input);
      if (input == nullptr) {
        throw base::UserError(
            fmt::format("--input {}={}: {}", base::printable(source.input, 80), source.file.string(),
                        base::unknown_word("input", source.input, names_of(inputs_of(request_)))));
      }
      return accept(*input, array_for_input(source, read_arrays(source.file)), source);
    }
    std::vector<std::string> left_out;
    for (Tensor& array : arrays_for_inputs(request_, source, left_out)) {
      const ModelInput& input = *find_input(request_, array.name());
      accept(input, std::move(array), source);
    }
    if (!left_out.empty()) {
      given_.remarks.push_back(
          fmt::format("{} holds arrays that are no inputs: {}", source.shown, base::join(left_out, ", ")));
    }
  }

  GivenArrays take() { return std::move(given_); }

 private:
  void accept(const ModelInput& input, Tensor array, const Source& source) {
    const std::string place =
        fmt::format("{}: input '{}'", source.file.string(), base::printable(input.name, 80));
    if (tensors::to_text(array.type()) != input.dtype) {
      throw base::UserError(fmt::format("{}: found {}, allowed is {}: save array.astype('{}')", place,
                                        tensors::to_text(array.type()), input.dtype, input.dtype));
    }
    const Shape& expected = shapes_.at(input.name);
    std::int64_t rest = 0;
    const auto sets = sets_in(array.shape(), expected, rest);
    if (!sets) {
      throw base::UserError(
          fmt::format("{}: found shape {}, allowed is {} or several of them one after another{}", place,
                      tensors::to_text(array.shape()), tensors::to_text(expected),
                      flags_that_fit(input, array.shape(), expected)));
    }
    check_indices(input, array, place);
    if (rest > 0) {
      given_.remarks.push_back(
          fmt::format("the last {} of {} rows in {} fill no batch of {} and are left out", rest,
                      array.shape().front(), source.shown, expected.front()));
    }
    const auto [known, is_new] =
        given_.by_input.emplace(input.name, GivenArray{std::move(array), *sets, source.shown});
    if (!is_new) {
      throw base::UserError(fmt::format("input '{}' is given twice: by {} and by {}",
                                        base::printable(input.name, 80), known->second.shown, source.shown));
    }
  }

  const inputs::Request& request_;
  const inputs::Shapes& shapes_;
  GivenArrays given_;
};

}  // namespace

GivenArrays read_sources(const inputs::Request& request, const inputs::Shapes& shapes,
                         const std::vector<Source>& sources) {
  SourceReader reader(request, shapes);
  for (const Source& source : sources) reader.read(source);
  return reader.take();
}

Tensor part_for_set(const GivenArray& given, const std::vector<std::int64_t>& shape, std::int64_t set) {
  Tensor part(given.array.name(), given.array.type(), shape);
  const std::size_t size_bytes = part.bytes().size();
  const std::size_t begin = given.sets == 1 ? 0 : static_cast<std::size_t>(set) * size_bytes;
  std::ranges::copy(given.array.bytes().subspan(begin, size_bytes), part.bytes().begin());
  return part;
}

}  // namespace inferometer::builder
