// Where a value lies on an axis, and which values the axis names.
#pragma once

#include <vector>

namespace inferometer::report {

enum class Spacing {
  Linear,
  Log,   ///< values above 0
  Tail,  ///< shares of runs p in [0, 1): by -log10(1-p), so that 0.9, 0.99 and 0.999 are equally far apart
};

class Scale {
 public:
  /// `high` must lie above `low`.
  Scale(Spacing spacing, double low, double high);
  /// 0 at `low`, 1 at `high`; values outside are held at the ends.
  double at(double value) const;
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double place(double value) const;

  Spacing spacing_;
  double low_;
  double high_;
};

/// The lowest and the highest of values.
struct Range {
  double low;
  double high;
};
/// Wider by `share` of the distance at both ends on a log axis, and at least by 1 % of the value, so that no
/// mark lies on the edge and equal values have an axis too.
Range padded_log(Range range, double share);

/// Round numbers (1, 2 or 5 times a power of ten apart) within the range, at most `most` of them.
std::vector<double> linear_ticks(Range range, int most);
/// Powers of two; of a range that holds fewer than three of them, linear ticks.
std::vector<double> doubling_ticks(Range range, int most);
/// 1, 2 and 5 times powers of ten, or powers of ten alone; of a range that holds fewer than three of them,
/// linear ticks.
std::vector<double> decade_ticks(Range range, int most);

}  // namespace inferometer::report
