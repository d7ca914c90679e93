#include "report/html/scale.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace inferometer::report {
namespace {

constexpr std::size_t kFewTicks = 3;
constexpr double kRounding = 1e-9;  ///< of a step: 0.1 + 0.2 is still the tick 0.3

/// Every n-th, so that at most `most` are left.
std::vector<double> thinned(const std::vector<double>& ticks, int most) {
  const auto step = (ticks.size() + static_cast<std::size_t>(most) - 1) / static_cast<std::size_t>(most);
  std::vector<double> kept;
  for (std::size_t i = 0; i < ticks.size(); i += step) kept.push_back(ticks[i]);
  return kept;
}

std::vector<double> powers(Range range, double base) {
  std::vector<double> ticks;
  const double first = std::ceil(std::log(range.low) / std::log(base) - kRounding);
  const double last = std::floor(std::log(range.high) / std::log(base) + kRounding);
  for (double power = first; power <= last; ++power) ticks.push_back(std::pow(base, power));
  return ticks;
}

}  // namespace

Scale::Scale(Spacing spacing, double low, double high) : spacing_(spacing), low_(low), high_(high) {
  INFEROMETER_CHECK(low < high && (spacing != Spacing::Log || low > 0), "an axis that has no length");
}

double Scale::place(double value) const {
  switch (spacing_) {
    case Spacing::Linear:
      break;
    case Spacing::Log:
      return std::log10(value);
    case Spacing::Tail:
      return -std::log10(1 - value);
  }
  return value;
}

double Scale::at(double value) const {
  const double held = std::clamp(value, low_, high_);
  return (place(held) - place(low_)) / (place(high_) - place(low_));
}

Range padded_log(Range range, double share) {
  const double factor = std::max(1.01, std::pow(range.high / range.low, share));
  return {range.low / factor, range.high * factor};
}

std::vector<double> linear_ticks(Range range, int most) {
  double step = std::pow(10, std::floor(std::log10((range.high - range.low) / most)));
  const auto count = [&] {
    return std::floor(range.high / step + kRounding) - std::ceil(range.low / step - kRounding) + 1;
  };
  // 1, 2, 5, 10, ...
  for (int i = 0; count() > most; ++i) step *= i % 3 == 1 ? 2.5 : 2;
  std::vector<double> ticks;
  const double first = std::ceil(range.low / step - kRounding);
  for (int i = 0; i < static_cast<int>(count()); ++i) ticks.push_back((first + i) * step);
  return ticks;
}

std::vector<double> doubling_ticks(Range range, int most) {
  const auto ticks = powers(range, 2);
  return ticks.size() < kFewTicks ? linear_ticks(range, most) : thinned(ticks, most);
}

std::vector<double> decade_ticks(Range range, int most) {
  const auto decades = powers(range, 10);
  std::vector<double> ticks;
  for (const double decade : powers({range.low / 10, range.high}, 10)) {
    for (const double factor : {1, 2, 5}) {
      const double tick = factor * decade;
      if (tick >= range.low * (1 - kRounding) && tick <= range.high * (1 + kRounding)) ticks.push_back(tick);
    }
  }
  if (ticks.size() < kFewTicks) return linear_ticks(range, most);
  return ticks.size() <= static_cast<std::size_t>(most) ? ticks : thinned(decades, most);
}

}  // namespace inferometer::report
