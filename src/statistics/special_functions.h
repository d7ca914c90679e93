// The special function that the tests and quantiles of this module stand on; not for other modules.
#pragma once

namespace inferometer::statistics {

/// Logarithm of the beta function B(a, b); a, b > 0.
double log_beta(double a, double b);

/// Regularized incomplete beta function I_x(a, b); a, b > 0, x in [0, 1]. Relative accuracy about 1e-13.
double incomplete_beta(double a, double b, double x);

}  // namespace inferometer::statistics
