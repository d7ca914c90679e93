// Prints one of the pages that the browser test looks at: plain, hostile or crowded.
#include <cstdio>
#include <string>

#include "report/report.h"
#include "report/report_fixture.h"

namespace {

using namespace inferometer;

std::string page_of(const results::Experiment& experiment, const analysis::Analysis& analysis) {
  return report::printed("html", experiment, analysis);
}

/// A tag that would end the script, a name from right to left, and 300 letters without a place to break.
const std::string kHostileName =
    "</script><img src=x onerror=alert(1)>\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D\xE2\x80\xAE" +
    std::string(300, 'w') + "\"' onload=alert(2) \xFF";

}  // namespace

int main(int count, char** arguments) {
  const std::string wanted = count == 2 ? arguments[1] : "";
  std::string page;
  if (wanted == "plain") page = page_of(report::test_experiment(), report::test_analysis());
  if (wanted == "hostile") page = page_of(report::hostile_experiment(kHostileName), report::test_analysis());
  if (wanted == "crowded") page = page_of(report::crowded_experiment(200), report::crowded_analysis(200));
  if (page.empty()) return std::fputs("usage: print-page plain|hostile|crowded\n", stderr), 2;
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
