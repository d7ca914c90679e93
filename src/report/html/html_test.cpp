// The page as bytes; tests/browser looks at it in a browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "report/html/script.h"
#include "report/html/style.h"
#include "report/html/text.h"
#include "report/report.h"
#include "report/report_fixture.h"

namespace inferometer::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Not;

std::string page(const results::Experiment& experiment,
                 const analysis::Analysis& analysis = test_analysis()) {
  return printed("html", experiment, analysis);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Names of tags and of attributes, as a browser would see them: "div", "div class".
std::set<std::string> markup(const std::string& page) {
  std::set<std::string> found;
  const std::string body = page.substr(page.find("<body>"));
  for (std::size_t at = body.find('<'); at != std::string::npos; at = body.find('<', at)) {
    const auto end = body.find_first_of(" >", at);
    if (end == std::string::npos) return {"a tag without an end"};
    const std::string tag = body.substr(at + 1, end - at - 1);
    found.insert(tag);
    at = end;
    while (at < body.size() && body[at] != '>') {
      const auto equals = body.find_first_of("=>", at);
      if (equals == std::string::npos) return {"a tag without an end"};
      if (body[equals] == '>') {
        at = equals;
        break;
      }
      found.insert(tag + body.substr(at, equals - at));
      at = body.find('"', equals + 2);
      if (at == std::string::npos) return {"an attribute without an end"};
      ++at;
    }
    if (tag == "script") at = body.find("</script>", at);
  }
  return found;
}

TEST(html, says_the_verdict_before_everything_else) {
  const auto text = page(test_experiment());
  const auto verdict =
      text.find("openvino is 1.43x faster (1.41-1.45) than onnxruntime, across 11 fresh loads, trust B");
  ASSERT_NE(verdict, std::string::npos);
  EXPECT_LT(verdict, text.find("<figure"));
  EXPECT_LT(text.find("interrupted: a partial report"), text.find("<figure"));
}

TEST(html, holds_every_reason_that_keeps_a_reader_from_a_wrong_conclusion) {
  const auto text = page(test_experiment());
  for (const char* sentence : {"tiny (synthetic weights), batch 8, frames 50",
                               "11 loads, 88 rounds",
                               "crashed in load: SIGSEGV",
                               "again: <code>inferometer compare minilm --candidate litert</code>",
                               "op ``` GATHER | not found",
                               "wrong output in outputs: logits: max relative error 0.31",
                               "not ranked: unverified: the artefact has no float32 parent",
                               "undecided: about 42 s more would probably decide it",
                               "p99 needs 368 samples, has 352",
                               "3 of 91 rounds were disturbed",
                               "the fastest runs alone point the other way",
                               "no difference shown",
                               "openvino waited 3.1 % of its time for a CPU",
                               "they differ, which must not be",
                               "our own cost: 25 ns inside each timed sample",
                               "not finished",
                               "torch is not installed",
                               "<code>inferometer packages install torch</code>",
                               "litert has no float16 on this CPU",
                               "the record is damaged: line 57",
                               "OMP_NUM_THREADS",
                               "gcc 12.2",
                               "known names, seed 7"}) {
    EXPECT_THAT(text, HasSubstr(sentence));
  }
}

TEST(html, asks_for_nothing_from_anywhere) {
  const auto text = page(test_experiment());
  for (const char* request : {"://", "url(", "@import", " src=", "style=\"", "fetch(", "<iframe", "<object"})
    EXPECT_THAT(text, Not(HasSubstr(request)));
}

TEST(html, allows_exactly_its_own_style_and_script) {
  const auto text = page(test_experiment());
  const auto between = [&](const std::string& open, const std::string& close) {
    const auto begin = text.find(open) + open.size();
    return text.substr(begin, text.find(close, begin) - begin);
  };
  EXPECT_THAT(
      text, HasSubstr("default-src 'none'; style-src '" + html::source_hash(between("<style>", "</style>")) +
                      "'; script-src '" + html::source_hash(between("<script>", "</script>")) + "';"));
}

TEST(html, stays_small) {
  EXPECT_LE(std::string(html::kScript).size(), 10'240u);
  EXPECT_LE(page(crowded_experiment(200), crowded_analysis(200)).size(), 1'000'000u);
}

TEST(html, gives_every_drawing_a_title_and_a_description_of_its_own) {
  const auto text = page(test_experiment());
  const auto plots = count(text, "class=\"plot\"");
  EXPECT_GE(plots, 7u);
  EXPECT_EQ(count(text, "<desc id=\""), plots);
  std::set<std::string> ids;
  std::size_t all = 0;
  for (auto at = text.find(" id=\""); at != std::string::npos; at = text.find(" id=\"", at + 1), ++all)
    ids.insert(text.substr(at + 5, text.find('"', at + 5) - at - 5));
  EXPECT_EQ(ids.size(), all) << "an id is given twice";
}

TEST(hostile_names, stay_text_in_html) {
  const auto own = markup(page(test_experiment()));
  ASSERT_THAT(own, testing::Contains("td class"));
  for (const std::string name :
       {"</script><img src=x onerror=alert(1)>", "\" onload=alert(1) x=\"", "' onload='alert(1)", "<!--",
        "]]>", "</title></style><svg onload=alert(1)>", "&lt;b&gt;&#60;script&#62;"}) {
    const auto text = page(hostile_experiment(name));
    EXPECT_THAT(markup(text), IsSubsetOf(own)) << name;
    EXPECT_EQ(count(text, "</script>"), 1u) << name;
    EXPECT_THAT(text, AllOf(Not(HasSubstr("<img")), Not(HasSubstr("<!--")), Not(HasSubstr("&#60;")))) << name;
  }
}

TEST(hostile_names, cannot_turn_the_page_round_or_hide_in_it) {
  const auto text = page(hostile_experiment("a\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8B\x1b[2J\xFF"));
  for (const char* hidden : {"\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x80\x8B", "\x1b", "\xFF"})
    EXPECT_THAT(text, Not(HasSubstr(hidden)));
}

TEST(hostile_names, of_any_length_are_cut_in_drawings_only) {
  const std::string name(300, 'w');
  const auto text = page(hostile_experiment(name));
  EXPECT_THAT(text, HasSubstr("<bdi>" + name + "</bdi>"));
  for (auto at = text.find("<text "); at != std::string::npos; at = text.find("<text ", at + 1)) {
    const auto begin = text.find('>', at) + 1;
    EXPECT_LE(text.find("</text>", begin) - begin, 60u);
  }
}

}  // namespace
}  // namespace inferometer::report
