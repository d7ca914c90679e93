#include "builder/inputs/make_inputs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/files.h"
#include "base/test_fixture.h"
#include "builder_client/input_order.h"
#include "inputs/request_fixture.h"
#include "tensors/half.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using builder_client::InputSets;
using inputs::one_input;
using inputs::text_request;
using results::Meaning;
using tensors::DType;
using tensors::Tensor;

/// Files by the inputs that they are for.
using Files = std::map<std::string, std::string>;

class MakeInputs : public testing::Test {
 protected:
  InputSets make_from(inputs::Request request, const Files& files = {}) const {
    request.files = files;
    return builder_client::input_sets_from_json(
        make_inputs(to_json(builder_client::InputOrder{request, folder_.path()})));
  }
  /// The values of the first input of the request in each set.
  std::vector<std::vector<double>> values(const inputs::Request& request, const Files& files = {}) const {
    std::vector<std::vector<double>> all;
    for (const auto& set : make_from(request, files).sets) {
      all.push_back(tensors::SafetensorsFile(set).read(inputs_of(request).front().name).to_doubles());
    }
    return all;
  }
  std::string refusal(const inputs::Request& request, const Files& files = {}) const {
    return message_of([&] { make_from(request, files); });
  }
  /// A file of one array that counts up from 0.
  Files::value_type counting(const std::string& input, const tensors::Shape& shape,
                             DType type = DType::Int64) const {
    std::vector<Tensor> arrays;
    arrays.emplace_back(input.empty() ? "input_ids" : input, type, shape);
    if (type == DType::Int64) {
      std::int64_t next = 0;
      for (auto& value : arrays[0].values<std::int64_t>()) value = next++;
    }
    const auto file = folder_.path() / "given.safetensors";
    tensors::write_safetensors(file, arrays);
    return {input, file};
  }

  base::ScratchFolder folder_{"make-inputs-test"};
};

TEST_F(MakeInputs, a_text_model_gets_eight_different_sets_of_ordinary_ids) {
  const InputSets made = make_from(text_request());
  ASSERT_EQ(made.sets.size(), 8u);
  EXPECT_EQ(made.values, "known names, seed 7");
  EXPECT_TRUE(made.unequal.empty());
  std::set<std::vector<double>> different;
  for (const auto& file : made.sets) {
    const auto set = tensors::read_safetensors(file);
    ASSERT_EQ(set.size(), 2u);
    EXPECT_EQ(set[0].name(), "attention_mask");
    EXPECT_EQ(set[0].type(), DType::Int64);
    for (const double value : set[0].to_doubles()) EXPECT_EQ(value, 1);
    const auto ids = set[1].to_doubles();
    EXPECT_EQ(ids.size(), 128u);
    EXPECT_GE(*std::ranges::min_element(ids), 1000);
    EXPECT_LT(*std::ranges::max_element(ids), 28000);
    different.insert(ids);
  }
  EXPECT_EQ(different.size(), 8u);
}

TEST_F(MakeInputs, the_same_seed_makes_the_same_bytes_and_another_seed_others) {
  inputs::Request request = text_request();
  const auto bytes = [&] { return base::read_file(make_from(request).sets[3], 1 << 20); };
  const std::string first = bytes();
  EXPECT_EQ(bytes(), first);
  request.seed = 8;
  EXPECT_NE(bytes(), first);
}

TEST_F(MakeInputs, ids_stay_within_a_small_table) {
  for (const auto& set : values(one_input("ids", "int32", 400, Meaning::TokenIds))) {
    for (const double value : set) {
      EXPECT_GE(value, 100);
      EXPECT_LT(value, 400);
    }
  }
  for (const auto& set : values(one_input("ids", "int64", 1, Meaning::TokenIds)))
    EXPECT_EQ(set, std::vector<double>(6, 0));
}

TEST_F(MakeInputs, names_that_are_known_get_the_values_that_models_expect) {
  EXPECT_EQ(values(one_input("types", "int64", 2, Meaning::TokenTypes))[0],
            (std::vector<double>{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(values(one_input("places", "int64", 512, Meaning::Positions))[0],
            (std::vector<double>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(values(one_input("mask", "float32", 0, Meaning::AttentionMask))[0],
            (std::vector<double>{1, 1, 1, 1, 1, 1}));
}

TEST_F(MakeInputs, inputs_of_other_names_follow_their_type_and_table) {
  for (const auto& set : values(one_input("user", "int32", 3))) {
    for (const double value : set) {
      EXPECT_GE(value, 0);
      EXPECT_LT(value, 3);
    }
  }
  EXPECT_EQ(values(one_input("keep", "bool"))[0], std::vector<double>(6, 1));
  EXPECT_EQ(make_from(one_input("user", "int32", 3)).values, "indices of tables, seed 7");
}

TEST_F(MakeInputs, quantized_inputs_take_every_value_of_their_type) {
  for (const auto& [dtype, low, high] :
       {std::tuple("uint8", 0.0, 255.0), std::tuple("int8", -128.0, 127.0)}) {
    inputs::Request request = one_input("x", dtype);
    inputs_of(request)[0].shape = {inputs::fixed(64), inputs::fixed(64)};
    inputs_of(request)[0].quantized = true;
    const auto set = values(request)[0];
    EXPECT_EQ(*std::min_element(set.begin(), set.end()), low) << dtype;
    EXPECT_EQ(*std::max_element(set.begin(), set.end()), high) << dtype;
    EXPECT_EQ(make_from(request).values, "random numbers, seed 7");
  }
}

TEST_F(MakeInputs, floats_of_every_width_are_standard_normal) {
  for (const char* dtype : {"float64", "float32", "float16", "bfloat16"}) {
    inputs::Request request = one_input("x", dtype);
    inputs_of(request)[0].shape = {inputs::fixed(4000)};
    const auto set = values(request)[0];
    double sum = 0;
    double squares = 0;
    for (const double value : set) {
      sum += value;
      squares += value * value;
    }
    EXPECT_NEAR(sum / 4000, 0, 0.08) << dtype;
    EXPECT_NEAR(squares / 4000, 1, 0.12) << dtype;
  }
}

TEST_F(MakeInputs, integers_of_unknown_meaning_are_asked_for_in_one_message) {
  inputs::Request request = one_input("lengths", "int64");
  inputs_of(request).push_back({"odd name", "uint8", {inputs::fixed(1)}, 0});
  EXPECT_EQ(refusal(request),
            "the model does not say which values 'lengths' (int64), 'odd name' (uint8) may take: add "
            "--input "
            "lengths=FILE.npy --input 'odd name=FILE.npy'");
}

TEST_F(MakeInputs, constant_values_are_one_set) {
  const InputSets made = make_from(one_input("mask", "int64", 0, Meaning::AttentionMask));
  EXPECT_EQ(made.sets.size(), 1u);
  EXPECT_EQ(made.values, "known names");
  EXPECT_EQ(made.unequal, std::vector<std::string>{"one set only: all values are constant"});
}

TEST_F(MakeInputs, a_file_for_one_set_is_used_in_all_and_the_rest_is_made) {
  inputs::Request request = text_request();
  request.sequence_length = 3;
  const InputSets made = make_from(request, {counting("attention_mask", {1, 3})});
  EXPECT_EQ(made.sets.size(), 8u);
  EXPECT_EQ(made.values, "file given.safetensors; known names, seed 7");
  EXPECT_EQ(tensors::SafetensorsFile(made.sets[5]).read("attention_mask").to_doubles(),
            (std::vector<double>{0, 1, 2}));
}

TEST_F(MakeInputs, several_batches_in_one_file_are_several_sets) {
  inputs::Request request = one_input("input_ids", "int64", 100);
  for (const tensors::Shape& shape : {tensors::Shape{4, 3}, tensors::Shape{2, 2, 3}}) {
    const Files files = {counting("input_ids", shape)};
    const auto sets = values(request, files);
    ASSERT_EQ(sets.size(), 2u);
    EXPECT_EQ(sets[1], (std::vector<double>{6, 7, 8, 9, 10, 11}));
    EXPECT_EQ(make_from(request, files).unequal,
              std::vector<std::string>{"2 sets only: file given.safetensors holds no more"});
  }
}

TEST_F(MakeInputs, what_fills_no_batch_or_no_set_is_left_out_and_said) {
  const InputSets made = make_from(one_input("input_ids", "int64", 100), {counting("input_ids", {21, 3})});
  EXPECT_EQ(made.sets.size(), 8u);
  EXPECT_EQ(made.unequal,
            (std::vector<std::string>{
                "the last 1 of 21 rows in file given.safetensors fill no batch of 2 and are left out",
                "the first 8 of 10 sets in file given.safetensors are used"}));
}

TEST_F(MakeInputs, a_file_that_names_its_arrays_needs_no_name) {
  const InputSets made = make_from(one_input("input_ids", "int64", 100), {counting("", {2, 3})});
  EXPECT_EQ(made.sets.size(), 1u);
  EXPECT_EQ(made.unequal, std::vector<std::string>{"one set only: file given.safetensors holds one"});
  EXPECT_NE(refusal(one_input("x", "float32"), {counting("", {2, 3})})
                .find("holds no array named as an input (found: "
                      "input_ids; inputs: x)"),
            std::string::npos);
}

TEST_F(MakeInputs, another_shape_is_refused_with_the_flag_that_makes_it_fit) {
  const std::string message = refusal(text_request(), {counting("input_ids", {1, 17})});
  EXPECT_NE(
      message.find(
          "given.safetensors: input 'input_ids': found shape [1, 17], allowed is [1, 128] or several of "
          "them one after another: --sequence-lengths 17 makes it fit"),
      std::string::npos)
      << message;
  const std::string hopeless = refusal(one_input("input_ids", "int64", 9), {counting("input_ids", {2, 4})});
  EXPECT_TRUE(hopeless.ends_with("allowed is [2, 3] or several of them one after another")) << hopeless;
}

TEST_F(MakeInputs, another_type_an_unknown_input_and_a_doubled_one_are_refused) {
  const inputs::Request request = one_input("input_ids", "int64", 100);
  EXPECT_NE(refusal(request, {counting("input_ids", {2, 3}, DType::Int32)})
                .find("input 'input_ids': found int32, allowed is int64: save array.astype('int64')"),
            std::string::npos);
  EXPECT_NE(refusal(request, {counting("input_idz", {2, 3})})
                .find("unknown input 'input_idz': did you mean 'input_ids'?"),
            std::string::npos);
  EXPECT_EQ(refusal(request, {counting("", {2, 3}), counting("input_ids", {2, 3})}),
            "input 'input_ids' is given twice: by file given.safetensors and by file given.safetensors");
}

TEST_F(MakeInputs, an_index_outside_of_its_table_is_refused_before_an_engine_reads_there) {
  EXPECT_NE(refusal(one_input("input_ids", "int64", 5), {counting("input_ids", {2, 3})})
                .find("element 5 is 5; allowed is up to 4, the model's table has 5 rows"),
            std::string::npos);
  EXPECT_EQ(refusal(one_input("input_ids", "int64", 6), {counting("input_ids", {2, 3})}), "no error");
}

TEST_F(MakeInputs, files_of_other_kinds_are_refused_by_their_name) {
  const auto file = folder_.path() / "ids.csv";
  std::ofstream(file) << "1,2,3";
  EXPECT_NE(refusal(text_request(), {{"input_ids", file}}).find("allowed are .npy, .npz and .safetensors"),
            std::string::npos);
  const auto nameless = folder_.path() / "ids.npy";
  EXPECT_NE(refusal(text_request(), {{"", nameless}}).find("an npy file does not name its input"),
            std::string::npos);
}

}  // namespace
}  // namespace inferometer::builder
