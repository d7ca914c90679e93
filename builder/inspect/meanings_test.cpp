#include "builder/inspect/meanings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace inferometer::builder {
namespace {

using results::Meaning;
using ::testing::ElementsAre;

results::ModelInput input(const std::string& name, const std::string& dtype,
                          const std::vector<std::int64_t>& shape = {0, 0}) {
  results::ModelInput input{name, dtype, {}, 0};
  for (const auto size : shape) input.shape.push_back({size, size == 0 ? "?" : "", ""});
  return input;
}

std::vector<Meaning> of_inputs(std::vector<results::ModelInput> inputs) {
  results::ModelPart part{"model", std::move(inputs), {}};
  set_meanings(part, {});
  std::vector<Meaning> meanings;
  for (const auto& one : part.inputs) meanings.push_back(one.meaning);
  return meanings;
}

struct Output {
  std::string name;
  std::optional<std::size_t> rank = 2;
};
std::vector<Meaning> of_outputs(const std::vector<Output>& outputs) {
  results::ModelPart part;
  std::vector<std::optional<std::size_t>> ranks;
  for (const auto& [name, rank] : outputs) {
    part.outputs.push_back({name, "float32"});
    ranks.push_back(rank);
  }
  set_meanings(part, ranks);
  std::vector<Meaning> meanings;
  for (const auto& one : part.outputs) meanings.push_back(one.meaning);
  return meanings;
}

TEST(meanings, of_texts_are_reported_by_names_and_types) {
  EXPECT_THAT(of_inputs({input("input_ids", "int32"), input("attention_mask", "float32"),
                         input("token_type_ids", "int64"), input("position_ids", "int64"),
                         input("input_ids", "float32"), input("ids", "int64")}),
              ElementsAre(Meaning::TokenIds, Meaning::AttentionMask, Meaning::TokenTypes, Meaning::Positions,
                          Meaning::Unknown, Meaning::Unknown));
  EXPECT_THAT(of_inputs({input("past_key_values.0.key", "float32", {0, 12, 0, 64})}),
              ElementsAre(Meaning::CacheIn));
}

TEST(meanings, of_pictures_are_reported_by_rank_and_type_where_names_say_nothing) {
  EXPECT_THAT(of_inputs({input("x", "float32", {0, 3, 8, 9}), input("x", "uint8", {1, 8, 9, 3}),
                         input("x", "float32", {1, 0, 8, 9}), input("pixel_values", "float16", {1, 8})}),
              testing::Each(Meaning::Pixels));
  EXPECT_THAT(of_inputs({input("x", "float32", {1, 4, 8, 9}), input("x", "int64", {1, 3, 8, 9}),
                         input("x", "float32", {1, 3, 8})}),
              testing::Each(Meaning::Unknown));
}

TEST(meanings, of_scores_are_reported_by_name_and_their_kind_by_rank) {
  EXPECT_THAT(of_outputs({{"logits", 2}}), ElementsAre(Meaning::ClassScores));
  EXPECT_THAT(of_outputs({{"logits", 3}, {"last_hidden_state", 3}}),
              ElementsAre(Meaning::TokenScores, Meaning::Embedding));
  EXPECT_THAT(of_outputs({{"MobilenetV2/Predictions/Reshape_1", 2}, {"features", 2}}),
              ElementsAre(Meaning::ClassScores, Meaning::Unknown));
  EXPECT_THAT(of_outputs({{"scores_a"}, {"scores_b"}}), testing::Each(Meaning::Unknown)) << "which of them?";
  EXPECT_THAT(of_outputs({{"scores_a"}, {"logits"}}), ElementsAre(Meaning::Unknown, Meaning::ClassScores));
  EXPECT_THAT(of_outputs({{"logits", 1}}), ElementsAre(Meaning::Unknown));
  EXPECT_THAT(of_outputs({{"logits", std::nullopt}}), ElementsAre(Meaning::ClassScores));
}

}  // namespace
}  // namespace inferometer::builder
