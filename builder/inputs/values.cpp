#include "builder/inputs/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/random.h"
#include "tensors/half.h"

namespace inferometer::builder {
namespace {

using tensors::DType;
using tensors::Tensor;
using Kind = ValueRule::Kind;

/// Ordinary words in the vocabularies of BERT (30,522 rows) and of larger ones: behind the special and unused
/// tokens at the start, before the end of the smallest.
constexpr std::int64_t kFirstOrdinaryId = 1000;
constexpr std::int64_t kEndOfOrdinaryIds = 28000;

constexpr const char* kKnownNames = "known names";
constexpr const char* kTables = "indices of tables";
constexpr const char* kNumbers = "random numbers";

bool is_floating(DType type) {
  return type == DType::Float16 || type == DType::BFloat16 || type == DType::Float32 ||
         type == DType::Float64;
}

/// One above the largest value of an integer type, as far as it fits.
std::int64_t end_of(DType type) {
  switch (type) {
    case DType::Uint8:
      return std::int64_t{1} << 8;
    case DType::Int8:
      return std::int64_t{1} << 7;
    case DType::Uint16:
      return std::int64_t{1} << 16;
    case DType::Int16:
      return std::int64_t{1} << 15;
    case DType::Uint32:
      return std::int64_t{1} << 32;
    case DType::Int32:
      return std::int64_t{1} << 31;
    default:
      return std::numeric_limits<std::int64_t>::max();
  }
}

/// The smallest value of an integer type.
std::int64_t begin_of(DType type) {
  switch (type) {
    case DType::Int8:
    case DType::Int16:
    case DType::Int32:
      return -end_of(type);
    default:
      return 0;
  }
}

/// `bound`: rows of the table of words, 0 when it was not found.
ValueRule ids_within(std::int64_t bound) {
  if (bound == 0 || bound >= kEndOfOrdinaryIds)
    return {Kind::Uniform, kFirstOrdinaryId, kEndOfOrdinaryIds, kKnownNames};
  return {Kind::Uniform, std::min(kFirstOrdinaryId, bound / 4), bound, kKnownNames};
}

std::optional<ValueRule> rule_of_meaning(const results::ModelInput& input, DType type) {
  using results::Meaning;
  switch (input.meaning) {
    case Meaning::TokenIds:
      return ids_within(std::min(input.index_bound, end_of(type)));
    case Meaning::AttentionMask:
      return ValueRule{Kind::Ones, 0, 0, kKnownNames};
    case Meaning::TokenTypes:
      return ValueRule{Kind::Zeros, 0, 0, kKnownNames};
    case Meaning::Positions:
      return ValueRule{Kind::Positions, 0, 0, kKnownNames};
    default:
      return std::nullopt;
  }
}

void store(Tensor& tensor, std::size_t at, double value) {
  const auto number = static_cast<float>(value);
  switch (tensor.type()) {
    case DType::Float64:
      tensor.values<double>()[at] = value;
      return;
    case DType::Float32:
      tensor.values<float>()[at] = number;
      return;
    case DType::Float16:
      tensor.values<std::uint16_t>()[at] = tensors::float_to_float16(number);
      return;
    case DType::BFloat16:
      tensor.values<std::uint16_t>()[at] = tensors::float_to_bfloat16(number);
      return;
    default:
      break;
  }
  // Two's complement: the low bytes of a whole number are the number in every width that holds it.
  const auto whole = static_cast<std::int64_t>(value);
  const auto bytes = std::as_bytes(std::span(&whole, 1));
  const std::size_t each = tensors::element_bytes(tensor.type());
  std::ranges::copy(bytes.first(each), tensor.bytes().subspan(at * each).begin());
}

}  // namespace

std::optional<ValueRule> rule_for(const results::ModelInput& input) {
  const DType type = tensors::dtype_from_text(input.dtype);
  if (const auto known = rule_of_meaning(input, type)) return known;
  if (is_floating(type)) return ValueRule{Kind::Normal, 0, 0, kNumbers};
  if (type == DType::Bool) return ValueRule{Kind::Ones, 0, 0, kNumbers};
  if (input.quantized) return ValueRule{Kind::Uniform, begin_of(type), end_of(type), kNumbers};
  if (input.index_bound == 0) return std::nullopt;
  return ValueRule{Kind::Uniform, 0, std::min(input.index_bound, end_of(type)), kTables};
}

Tensor make_values(const results::ModelInput& input, const tensors::Shape& shape, const ValueRule& rule,
                   SetSeed seed) {
  Tensor tensor(input.name, tensors::dtype_from_text(input.dtype), shape);
  base::Random random(seed.seed, fmt::format("set {} {}", seed.set, input.name));
  const auto count = static_cast<std::size_t>(tensor.elements());
  const auto row = static_cast<std::size_t>(shape.empty() ? 1 : std::max<std::int64_t>(shape.back(), 1));
  for (std::size_t i = 0; i < count; ++i) {
    switch (rule.kind) {
      case Kind::Uniform: {
        const auto span = static_cast<std::uint64_t>(rule.bound - rule.low);
        store(tensor, i, static_cast<double>(rule.low + static_cast<std::int64_t>(random.below(span))));
        break;
      }
      case Kind::Normal:
        store(tensor, i, random.normal());
        break;
      case Kind::Ones:
        store(tensor, i, 1);
        break;
      case Kind::Zeros:
        break;
      case Kind::Positions:
        store(tensor, i, static_cast<double>(i % row));
        break;
    }
  }
  return tensor;
}

}  // namespace inferometer::builder
