#include "results/measurement.h"

namespace inferometer::results {

const char* to_text(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::Faster:
      return "faster";
    case VerdictKind::Slower:
      return "slower";
    case VerdictKind::Equivalent:
      return "equivalent";
    case VerdictKind::Undecided:
      return "undecided";
    case VerdictKind::Invalid:
      return "invalid";
  }
  return "";
}

}  // namespace inferometer::results
