#include "plan/effort.h"

#include "base/field_error.h"
#include "base/text.h"

namespace inferometer::plan {
namespace {

using results::Mode;

constexpr std::int64_t kSecondNs = 1'000'000'000;

struct Row {
  const char* name;
  results::Effort effort;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"quick",
       {.mode = Mode::Quick, .warm_up_runs = 5, .timed_runs = 20, .repeats = 1, .budget_ns = 30 * kSecondNs}},
      {"standard",
       {.mode = Mode::Standard,
        .warm_up_runs = 30,
        .timed_runs = 100,
        .repeats = 3,
        .budget_ns = 180 * kSecondNs}},
      {"full",
       {.mode = Mode::Full,
        .warm_up_runs = 50,
        .timed_runs = 200,
        .repeats = 5,
        .margin = 0.01,
        .budget_ns = 900 * kSecondNs}},
  };
  return all;
}

}  // namespace

std::vector<std::string> known_modes() {
  std::vector<std::string> names;
  for (const auto& row : rows()) names.emplace_back(row.name);
  return names;
}

results::Effort effort_of(const std::string& mode) {
  for (const auto& row : rows()) {
    if (mode == row.name) return row.effort;
  }
  throw base::FieldError("mode", base::unknown_word("mode", mode, known_modes()));
}

}  // namespace inferometer::plan
