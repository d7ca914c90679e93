#include "sdk/cpp/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/cpp/engine.h"

namespace inferometer::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::ThrowsMessage;

const std::vector<protocol::Option> kOptions = {
    {"spinning", "boolean", "1", {}, 0, 0, "busy waiting"},
    {"blocks", "integer", "4", {}, 1, 64, "how many"},
    {"seed", "integer", "", {}, 0, 9, "of the weights"},
    {"level", "choice", "", {"none", "all"}, 0, 0, "graph rewriting"},
};

TEST(options, defaults_are_filled_in_but_for_those_that_the_engine_holds) {
  EXPECT_THAT(complete_options(kOptions, {{"blocks", "7"}}),
              ElementsAre(Pair("blocks", "7"), Pair("spinning", "1")));
}

TEST(options, a_given_value_holds_even_without_a_default) {
  EXPECT_EQ(complete_options(kOptions, {{"level", "all"}}).at("level"), "all");
}

TEST(options, an_unknown_name_is_refused_with_the_nearest) {
  EXPECT_THAT(
      [] {
        complete_options(kOptions, {{"spining", "1"}});
      },
      ThrowsMessage<EngineError>(HasSubstr("unknown option 'spining': did you mean 'spinning'?")));
}

TEST(options, a_wrong_value_is_refused_with_what_is_allowed) {
  const auto message = [](const char* name, const char* value) -> std::string {
    try {
      complete_options(kOptions, {{name, value}});
    } catch (const EngineError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("spinning", "yes"), "option 'spinning' is 'yes'; allowed: 0, 1");
  EXPECT_EQ(message("level", "some"), "option 'level' is 'some'; allowed: none, all");
  for (const char* value : {"0", "65", "", "4x", " 4", "4.0", "99999999999999999999"}) {
    EXPECT_EQ(message("blocks", value),
              std::string("option 'blocks' is '") + value + "'; allowed: an integer from 1 to 64");
  }
  EXPECT_EQ(message("blocks", "64"), "accepted");
  for (const char* value : {"", "-", "99999999999999999999"}) {
    EXPECT_NE(message("seed", value), "accepted")
        << "though the number that a failed parse leaves is allowed";
  }
}

class LoadCheck : public testing::Test {
 protected:
  LoadCheck() {
    description_.engine = "toy";
    description_.formats = {"onnx"};
    description_.precisions = {"float32", "bfloat16"};
    request_.format = "onnx";
    request_.parts = {{"model", "/m.onnx", {{"x", {2, 8}}}}};
  }
  bool refused_as_unsupported() {
    try {
      check_load(description_, request_);
    } catch (const EngineError& error) {
      return error.unsupported();
    }
    return false;
  }

  protocol::Description description_;
  protocol::Load request_;
};

TEST_F(LoadCheck, what_the_description_names_is_accepted) {
  request_.precision = "bfloat16";
  request_.threads = 64;
  EXPECT_NO_THROW(check_load(description_, request_));
}

TEST_F(LoadCheck, another_format_device_or_precision_is_unsupported) {
  request_.format = "tflite";
  EXPECT_TRUE(refused_as_unsupported());
  request_.format = "onnx";
  request_.device = "cuda";
  EXPECT_TRUE(refused_as_unsupported());
  request_.device = "cpu";
  request_.precision = "int4";
  EXPECT_TRUE(refused_as_unsupported());
}

TEST_F(LoadCheck, an_engine_of_one_thread_refuses_two) {
  description_.multi_threaded = false;
  request_.threads = 2;
  EXPECT_TRUE(refused_as_unsupported());
}

TEST_F(LoadCheck, an_artefact_has_parts_of_different_names) {
  request_.parts.push_back(request_.parts.front());
  EXPECT_THAT([&] { check_load(description_, request_); },
              ThrowsMessage<EngineError>("two parts have the name 'model'"));
  request_.parts.clear();
  EXPECT_THROW(check_load(description_, request_), EngineError);
}

TEST_F(LoadCheck, an_engine_of_one_graph_refuses_two_parts) {
  EXPECT_EQ(only_part(request_).file, "/m.onnx");
  request_.parts.push_back({"decode", "/d.onnx", {}});
  EXPECT_THAT([&] { only_part(request_); },
              ThrowsMessage<EngineError>("the artefact has 2 parts; this engine takes one"));
}

TEST_F(LoadCheck, a_shape_of_the_workload_is_one_that_the_model_takes) {
  const auto& part = request_.parts.front();
  EXPECT_THAT(workload_shape(part, {"x", "float32", {-1, 8}}), ElementsAre(2, 8));
  EXPECT_THAT(workload_shape(part, {"x", "float32", {}}), ElementsAre(2, 8));
  EXPECT_THAT(
      [&] {
        workload_shape(part, {"x", "float32", {-1, 4}});
      },
      ThrowsMessage<EngineError>(
          "the workload's shape for input 'x' is [2, 8]; the model takes [-1, 4] (-1: any size)"));
  EXPECT_THAT(
      [&] {
        workload_shape(part, {"y", "float32", {-1}});
      },
      ThrowsMessage<EngineError>(HasSubstr("no shape for input 'y'")));
}

class InputCheck : public testing::Test {
 protected:
  std::string message_for(const std::string& name, tensors::DType type, tensors::Shape shape) {
    std::vector<tensors::Tensor> given;
    given.emplace_back(name, type, std::move(shape));
    try {
      check_inputs(expected_, given);
    } catch (const EngineError& error) {
      return error.what();
    }
    return "accepted";
  }

  std::vector<protocol::TensorDescription> expected_ = {{"ids", "int64", {-1, 4}}};
};

TEST_F(InputCheck, a_dynamic_dimension_takes_any_size_and_a_fixed_one_its_own) {
  EXPECT_EQ(message_for("ids", tensors::DType::Int64, {3, 4}), "accepted");
  EXPECT_EQ(message_for("ids", tensors::DType::Int64, {3, 5}),
            "input 'ids' has shape [3, 5]; the model takes [-1, 4] (-1: any size)");
  EXPECT_THAT(message_for("ids", tensors::DType::Int64, {4}), HasSubstr("has shape [4]"));
}

TEST_F(InputCheck, another_element_type_is_refused) {
  EXPECT_EQ(message_for("ids", tensors::DType::Int32, {3, 4}), "input 'ids' is int32; the model takes int64");
}

TEST_F(InputCheck, a_wrong_name_and_a_missing_input_are_named) {
  EXPECT_THAT(message_for("idz", tensors::DType::Int64, {3, 4}), HasSubstr("unknown input 'idz'"));
  EXPECT_THAT([&] { check_inputs(expected_, {}); },
              ThrowsMessage<EngineError>("input 'ids' is missing; given: none"));
}

TEST_F(InputCheck, a_model_input_of_unknown_rank_takes_any_shape) {
  expected_[0].shape = {};
  EXPECT_EQ(message_for("ids", tensors::DType::Int64, {2, 2, 2}), "accepted");
}

}  // namespace
}  // namespace inferometer::worker
