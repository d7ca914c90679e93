#include "report/guides/guides.h"

#include "report/guides/bert/bert.h"

namespace inferometer::report {

const std::vector<Guide>& guides() {
  static const std::vector<Guide> table = {bert_guide()};
  return table;
}

}  // namespace inferometer::report
