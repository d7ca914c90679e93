#include "inputs/shapes.h"

#include <gtest/gtest.h>

#include "base/test_fixture.h"
#include "inputs/request_fixture.h"

namespace inferometer::inputs {
namespace {

using base::message_of;
using Shape = std::vector<std::int64_t>;

std::string refusal(const Request& request) {
  return message_of([&] { resolve_shapes(request); });
}

TEST(shapes, batch_and_sequence_come_from_the_workload) {
  Request request = text_request();
  request.batch_size = 4;
  request.sequence_length = 17;
  EXPECT_EQ(resolve_shapes(request).at("input_ids"), (Shape{4, 17}));
}

TEST(shapes, the_default_length_is_128_or_the_models_limit) {
  Request request = text_request();
  EXPECT_EQ(resolve_shapes(request).at("input_ids"), (Shape{1, 128}));
  request.model.max_sequence_length = 64;
  EXPECT_EQ(resolve_shapes(request).at("input_ids"), (Shape{1, 64}));
  request.model.max_sequence_length = 0;
  EXPECT_EQ(resolve_shapes(request).at("input_ids"), (Shape{1, 128}));
}

TEST(shapes, a_length_beyond_the_models_is_refused_with_the_limit) {
  Request request = text_request();
  request.sequence_length = 512;
  EXPECT_EQ(refusal(request), "no error");
  request.sequence_length = 513;
  EXPECT_EQ(refusal(request),
            "sequence_lengths: found 513, allowed is 1 to 512, the longest that this model takes");
  request.sequence_length = -1;
  EXPECT_NE(refusal(request).find("found -1"), std::string::npos);
}

TEST(shapes, a_batch_below_one_is_refused) {
  Request request = text_request();
  for (const std::int64_t size : {0, -1}) {
    request.batch_size = size;
    EXPECT_EQ(refusal(request), "batch_sizes: found " + std::to_string(size) + ", allowed is 1 or more");
  }
}

TEST(shapes, flags_for_dimensions_that_the_model_lacks_are_refused) {
  Request request = one_input("x", "float32");
  request.sequence_length = 64;
  EXPECT_EQ(refusal(request),
            "sequence_lengths: found 64, but no input of this model has an open sequence dimension (x [2, "
            "3]): leave "
            "it out");
  request.sequence_length = 0;
  request.batch_size = 2;
  EXPECT_EQ(refusal(request),
            "batch_sizes: found 2, but no input of this model has an open batch dimension (x [2, 3]): leave "
            "it out");
}

TEST(shapes, all_open_dimensions_are_named_in_one_message_with_the_line_to_type) {
  Request request;
  request.model.parts.resize(1);
  inputs_of(request) = {
      {"image", "float32", {open("batch", "batch"), fixed(3), open("height"), open("?0")}, 0}};
  EXPECT_EQ(
      refusal(request),
      "dims: the inputs of this model have open dimensions (image [batch, 3, height, ?0]): add, with numbers "
      "for N, "
      "height=N and '?0=N'");
  request.dims = {{"height", 224}, {"?0", 192}};
  EXPECT_EQ(resolve_shapes(request).at("image"), (Shape{1, 3, 224, 192}));
}

TEST(shapes, a_dimension_that_no_input_has_is_answered_with_the_nearest) {
  Request request;
  request.model.parts.resize(1);
  inputs_of(request) = {{"image", "float32", {open("height")}, 0}};
  request.dims = {{"hieght", 224}};
  EXPECT_EQ(refusal(request),
            "dims: hieght=224: unknown dimension 'hieght': did you mean 'height'? (known: height)");
  request.dims = {{"height", 0}};
  EXPECT_EQ(refusal(request), "dims: height=0: allowed is 1 or more");
}

TEST(shapes, batch_and_sequence_are_not_bound_by_name) {
  Request request = text_request();
  request.dims = {{"batch", 4}};
  EXPECT_EQ(refusal(request), "dims: batch=4: this is the batch dimension, which has a field of its own");
}

TEST(shapes, inputs_that_would_fill_the_memory_are_refused_with_their_shape) {
  Request request = text_request();
  request.batch_size = 10'000'000;
  EXPECT_EQ(refusal(request),
            "input 'input_ids' would be int64 [10000000, 128]: one input may have 1.07 GB at most");
}

}  // namespace
}  // namespace inferometer::inputs
