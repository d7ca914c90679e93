#include "results/variant.h"

namespace inferometer::results {

std::string to_text(const Variant& variant) {
  std::string text = variant.format;
  if (!variant.precision.empty()) text += "/" + variant.precision;
  if (!variant.recipe.empty()) text += "-" + variant.recipe;
  return text;
}

Variant parse_variant(std::string_view text) {
  Variant variant;
  const auto slash = text.find('/');
  variant.format = text.substr(0, slash);
  if (slash == std::string_view::npos) return variant;
  const auto rest = text.substr(slash + 1);
  const auto dash = rest.find('-');
  variant.precision = rest.substr(0, dash);
  if (dash != std::string_view::npos) variant.recipe = rest.substr(dash + 1);
  return variant;
}

bool is_quantized(const Variant& variant) {
  return variant.precision.starts_with("int") || variant.precision.starts_with("uint");
}

}  // namespace inferometer::results
