#include "sdk/cpp/sampling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/cpp/fake_engine.h"

namespace inferometer::worker {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

class Sampling : public testing::Test {
 protected:
  protocol::SampleReply sample(const protocol::Sample& request) {
    return sampler_.sample(engine_, /*part=*/3, request, /*received_ns=*/5);
  }
  static protocol::Sample request_of(std::int64_t samples) {
    protocol::Sample request;
    request.sets = {0};
    request.samples = samples;
    return request;
  }

  FakeEngineState state_;
  FakeEngine engine_{state_};
  Sampler sampler_{FakeEngine::now};
};

TEST_F(Sampling, as_many_samples_come_as_were_asked_and_each_takes_one_run) {
  const auto reply = sample(request_of(5));
  EXPECT_THAT(reply.durations_ns, ElementsAre(1000, 1000, 1000, 1000, 1000));
  EXPECT_THAT(reply.offsets_ns, ElementsAre(0, 1000, 2000, 3000, 4000));
  EXPECT_EQ(reply.wall_ns, 5000);
  EXPECT_EQ(state_.runs, 5);
  EXPECT_EQ(state_.selected_part, 3u);
  EXPECT_EQ(reply.received_ns, 5);
}

TEST_F(Sampling, the_change_of_inputs_is_not_in_the_samples) {
  state_.select_ns = 300;
  const auto reply = sample(request_of(3));
  EXPECT_THAT(reply.durations_ns, Each(1000));
  EXPECT_THAT(reply.offsets_ns, ElementsAre(0, 1300, 2600));
  EXPECT_EQ(reply.wall_ns, 3900);
}

TEST_F(Sampling, the_sets_rotate_in_the_order_asked_one_step_a_sample) {
  auto request = request_of(5);
  request.sets = {2, 0, 1};
  request.runs_per_sample = 4;
  const auto reply = sample(request);
  EXPECT_THAT(state_.selected, ElementsAre(2, 0, 1, 2, 0));
  EXPECT_THAT(state_.runs_per_select, Each(4));
  EXPECT_THAT(reply.durations_ns, Each(4000));
  EXPECT_EQ(reply.runs_per_sample, 4);
}

TEST_F(Sampling, discarding_stops_at_enough_runs_when_they_come_first) {
  auto request = request_of(1);
  request.discard_runs = 1;
  request.discard_ns = 4000;
  request.discard_enough_runs = 5;
  request.discard_enough_ns = 25'000;
  const auto reply = sample(request);
  EXPECT_EQ(reply.discarded_runs, 5);
  EXPECT_EQ(reply.discarded_ns, 5000);
  EXPECT_EQ(state_.runs, 6);
}

TEST_F(Sampling, discarding_stops_at_enough_time_when_it_comes_first) {
  auto request = request_of(1);
  state_.run_ns = 10'000;
  request.discard_runs = 1;
  request.discard_ns = 4000;
  request.discard_enough_runs = 5;
  request.discard_enough_ns = 25'000;
  EXPECT_EQ(sample(request).discarded_runs, 3);
}

TEST_F(Sampling, both_least_amounts_are_discarded_even_when_enough_is_less) {
  auto request = request_of(1);
  request.discard_runs = 7;
  EXPECT_EQ(sample(request).discarded_runs, 7);
  request.discard_ns = 9000;
  EXPECT_EQ(sample(request).discarded_runs, 9);
}

TEST_F(Sampling, the_first_run_is_reported_whether_it_is_discarded_or_not) {
  state_.fault = [&](const std::string&) { state_.run_ns = state_.runs == 0 ? 9000 : 1000; };
  auto request = request_of(2);
  request.discard_runs = 2;
  EXPECT_EQ(sample(request).first_run_ns, 9000);
  state_.runs = 0;
  request.discard_runs = 0;
  EXPECT_EQ(sample(request).first_run_ns, 9000);
}

TEST_F(Sampling, a_duration_ends_the_samples_once_it_has_passed) {
  auto request = request_of(100);
  request.duration_ns = 3500;
  EXPECT_THAT(sample(request).durations_ns, SizeIs(4));
}

TEST_F(Sampling, a_duration_gives_at_most_the_samples_asked) {
  auto request = request_of(3);
  request.duration_ns = 1'000'000;
  EXPECT_THAT(sample(request).durations_ns, SizeIs(3));
}

TEST_F(Sampling, recompilations_are_those_of_the_timed_runs) {
  auto request = request_of(3);
  request.discard_runs = 4;
  EXPECT_EQ(sample(request).recompilations, 3);  // the fake compiles anew in every run
}

TEST_F(Sampling, what_the_engine_throws_passes_through) {
  state_.fault = [](const std::string&) { throw EngineError("no"); };
  EXPECT_THROW(sample(request_of(1)), EngineError);
}

class Generating : public Sampling {
 protected:
  Generating() {
    request_.sets = {0};
    request_.samples = 2;
    request_.new_tokens = 3;
  }
  protocol::GenerateReply generate() { return sampler_.generate(engine_, 0, request_, /*received_ns=*/5); }
  std::string refusal() {
    try {
      generate();
    } catch (const EngineError& error) {
      return error.what();
    }
    return "";
  }

  protocol::Generate request_;
};

TEST_F(Generating, every_text_has_its_prompt_read_and_the_times_of_its_tokens) {
  const auto reply = generate();
  EXPECT_THAT(reply.durations_ns, ElementsAre(7000, 7000));
  EXPECT_THAT(reply.token_times_ns, ElementsAre(5000, 6000, 7000, 5000, 6000, 7000));
  EXPECT_THAT(reply.tokens, ElementsAre(10, 11, 12, 10, 11, 12));
  EXPECT_EQ(reply.rows, 1);
  EXPECT_EQ(reply.received_ns, 5);
  EXPECT_THAT(state_.calls, ElementsAre("prefill", "decode", "decode", "prefill", "decode", "decode"));
}

TEST_F(Generating, rows_of_a_batch_have_tokens_of_their_own) {
  state_.rows_of_set = [](int) { return std::size_t{2}; };
  request_.samples = 1;
  request_.new_tokens = 2;
  const auto reply = generate();
  EXPECT_EQ(reply.rows, 2);
  EXPECT_THAT(reply.token_times_ns, ElementsAre(5000, 6000));
  EXPECT_THAT(reply.tokens, ElementsAre(10, 20, 11, 21));
}

TEST_F(Generating, discarded_texts_are_whole_and_a_duration_ends_after_a_text) {
  request_.discard_runs = 2;
  request_.samples = 5;
  request_.duration_ns = 7001;
  const auto reply = generate();
  EXPECT_EQ(reply.discarded_runs, 2);
  EXPECT_EQ(reply.first_run_ns, 7000);
  EXPECT_THAT(reply.durations_ns, SizeIs(2));
  EXPECT_THAT(reply.token_times_ns, SizeIs(6));
  EXPECT_THAT(reply.tokens, SizeIs(6));
}

TEST_F(Generating, what_does_not_fit_into_one_reply_is_refused_before_it_is_run) {
  request_.runs_per_sample = 2;
  EXPECT_EQ(refusal(), "a sample of generating is one text");
  request_.runs_per_sample = 1;
  request_.samples = 1000;
  request_.new_tokens = 1000;
  EXPECT_EQ(refusal(), "1000 samples of 1 rows of 1000 tokens are more than the 100000 that a reply holds");
  request_.samples = 1;
  request_.sets = {0, 1};
  state_.rows_of_set = [](int set) { return set == 0 ? std::size_t{1} : std::size_t{2}; };
  EXPECT_EQ(refusal(), "the input sets have different batch sizes");
  EXPECT_THAT(state_.calls, testing::IsEmpty());
}

TEST(reading_buffer, grows_and_keeps_what_it_has) {
  ReadingBuffer buffer;
  const auto small = buffer.at_least(2);
  EXPECT_EQ(small.size(), 2u);
  EXPECT_EQ(buffer.at_least(1).data(), small.data());
  const auto large = buffer.at_least(100'000);
  EXPECT_EQ(large.size(), 100'000u);
  large.back() = {1, 2};
  EXPECT_EQ(large.back().end_ns, 2);
}

}  // namespace
}  // namespace inferometer::worker
