#include "report/core/reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/json.h"

namespace inferometer::report {
namespace {

using results::Reason;
using results::ReasonCode;
using results::Reasons;
using ::testing::ElementsAre;

TEST(reasons, say_what_was_found_and_what_is_allowed) {
  EXPECT_EQ(words({ReasonCode::OutputError, "logits", 0.64, 0.1}),
            "logits: max relative error 0.64 (limit 0.1)");
  EXPECT_EQ(words({ReasonCode::FewSamples, "", 40, 72}), "needs 72 samples, has 40");
  EXPECT_EQ(words({ReasonCode::WaitedForCpu, "openvino", 0.031, 0.01}),
            "openvino waited 3.1 % of its time for a CPU (A: below 1 %)");
  EXPECT_EQ(words(Reason()), "");
  EXPECT_EQ(words(Reason("the engine's own words")), "the engine's own words");
}

TEST(reasons, that_lead_are_one_sentence_with_the_next) {
  const Reasons reasons = {Reason(ReasonCode::BaselineNotRanked, "onnxruntime"),
                           Reason(ReasonCode::WrongOutput), Reason(ReasonCode::OutputProblem, "NaN in y", 0),
                           Reason(ReasonCode::Cosine, "", 0.5)};
  EXPECT_THAT(sentences(reasons),
              ElementsAre("the baseline onnxruntime is not ranked: wrong output: NaN in y (input set 0)",
                          "cosine 0.5"));
  EXPECT_EQ(words(Reasons{Reason(ReasonCode::Crashed, "load"), Reason("SIGSEGV")}),
            "crashed in load: SIGSEGV");
}

TEST(reasons, of_every_code_have_words_without_blank_numbers) {
  for (int i = 1; i <= static_cast<int>(ReasonCode::PeakMemoryOnly); ++i) {
    const Reason reason(static_cast<ReasonCode>(i), "subject", 1, 2);
    const auto text = words(reason);
    EXPECT_FALSE(text.empty()) << i;
    EXPECT_EQ(text.find("nan"), std::string::npos) << text;
    EXPECT_EQ(results::parse_reason_code(results::to_text(reason.code)), reason.code) << i;
  }
}

TEST(reasons, of_older_records_are_sentences_or_words_of_codes) {
  const auto read = [](const char* json) { return base::Json::parse(json).get<Reason>(); };
  EXPECT_EQ(read(R"("NaN in logits at [0, 7]")"), Reason("NaN in logits at [0, 7]"));
  EXPECT_EQ(read(R"("decided")").code, ReasonCode::Decided);
  EXPECT_TRUE(read(R"("")").empty());
  const Reason busy(ReasonCode::NeighboursBusy, "2", 1.5, 2);
  EXPECT_EQ(base::Json(busy).get<Reason>(), busy);
  EXPECT_EQ(base::Json(Reason()), base::Json());
}

}  // namespace
}  // namespace inferometer::report
