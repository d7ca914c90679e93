// DistilBERT and RoBERTa: what they name and do otherwise than BERT. That they compute the right thing is
// shown by tests/models on real weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/test_fixture.h"
#include "builder/families/checkpoint_fixture.h"
#include "builder/families/family.h"
#include "builder/inspect/onnx_file.h"
#include "onnx/reader.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class relatives : public ::testing::Test {
 protected:
  results::ModelInfo summary_of(const TinyBert& tiny) {
    tiny.write(folder_.path());
    return inspect(open_checkpoint(folder_.path()).built.proto, "m.onnx");
  }
  std::string refusal(const TinyBert& tiny) {
    tiny.write(folder_.path());
    return message_of([&] { open_checkpoint(folder_.path()); });
  }
  static std::vector<std::string> input_names(const results::ModelInfo& summary) {
    std::vector<std::string> names;
    for (const auto& input : entry_part(summary).inputs) names.push_back(input.name);
    return names;
  }

  base::ScratchFolder folder_{"relatives-test"};
};

TEST_F(relatives, distilbert_has_no_token_types_and_as_many_positions_as_its_table) {
  const auto summary = summary_of(tiny_distilbert());
  EXPECT_THAT(input_names(summary), ElementsAre("input_ids", "attention_mask"));
  EXPECT_EQ(summary.max_sequence_length, 16);
  EXPECT_EQ(entry_part(summary).inputs[0].index_bound, 50);
  EXPECT_EQ(entry_part(summary).outputs.size(), 1u);
}

TEST_F(relatives, roberta_takes_no_token_types_and_leaves_room_for_padding_in_its_table) {
  const auto summary = summary_of(tiny_roberta());
  EXPECT_THAT(input_names(summary), ElementsAre("input_ids", "attention_mask"));
  EXPECT_EQ(summary.max_sequence_length, 14);
  EXPECT_EQ(entry_part(summary).inputs[0].index_bound, 50);
}

TEST_F(relatives, sequence_heads_are_those_of_their_family) {
  auto distilbert = tiny_distilbert();
  distilbert.config["architectures"] = {"DistilBertForSequenceClassification"};
  distilbert.add_pair("classifier", {2, 32});
  EXPECT_THAT(refusal(distilbert), HasSubstr("no tensor 'pre_classifier.weight' of shape [32, 32]"));
  distilbert.add_pair("pre_classifier", {32, 32});
  EXPECT_EQ(entry_part(summary_of(distilbert)).outputs.at(0).name, "logits");

  auto roberta = tiny_roberta();
  roberta.config["architectures"] = {"RobertaForSequenceClassification"};
  roberta.add_pair("classifier.dense", {32, 32});
  EXPECT_THAT(refusal(roberta), HasSubstr("no tensor 'classifier.out_proj.weight' of shape [2, 32]"));
  roberta.add_pair("classifier.out_proj", {2, 32});
  EXPECT_EQ(entry_part(summary_of(roberta)).outputs.at(0).name, "logits");
}

TEST_F(relatives, what_is_missing_is_named_as_the_checkpoint_names_it) {
  auto tiny = tiny_distilbert();
  tiny.weights.erase("distilbert.transformer.layer.1.attention.k_lin.bias");
  EXPECT_THAT(refusal(tiny), HasSubstr("no tensor 'transformer.layer.1.attention.k_lin.bias' of shape [32]"));
}

TEST_F(relatives, settings_that_do_not_fit_are_named_by_their_own_keys) {
  auto distilbert = tiny_distilbert();
  distilbert.config["n_heads"] = 5;
  EXPECT_THAT(refusal(distilbert),
              AllOf(HasSubstr("'n_heads' is 5"), HasSubstr("a divisor of the hidden size, 32")));
  distilbert.config["n_heads"] = 4;
  distilbert.config["activation"] = "silu";
  EXPECT_THAT(refusal(distilbert), HasSubstr("'activation' is \"silu\""));
  distilbert.config["activation"] = "relu";
  distilbert.config["architectures"] = {"BertModel"};
  EXPECT_THAT(refusal(distilbert), HasSubstr("DistilBertForTokenClassification"));

  auto roberta = tiny_roberta();
  roberta.config["pad_token_id"] = 50;
  EXPECT_THAT(refusal(roberta), HasSubstr("a whole number from 0 to 49"));
  roberta.config["pad_token_id"] = 15;
  EXPECT_THAT(refusal(roberta), HasSubstr("more than pad_token_id + 1 is needed"));
}

}  // namespace
}  // namespace inferometer::builder
