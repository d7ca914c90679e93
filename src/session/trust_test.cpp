#include "session/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>

namespace inferometer::session {
namespace {

using testing::StartsWith;

/// Ten samples of about 100 us after five discarded runs, as an honest worker tells them.
class Trust : public testing::Test {
 protected:
  Trust() {
    request.samples = 10;
    request.discard_runs = 5;
    request.discard_ns = 400'000;
    reply.received_ns = 1'000'050'000;
    reply.begin_ns = 1'000'600'000;
    for (std::int64_t i = 0; i < 10; ++i) {
      reply.offsets_ns.push_back(i * 110'000);
      reply.durations_ns.push_back(100'000 + i);
    }
    reply.discarded_runs = 5;
    reply.discarded_ns = 500'000;
    reply.first_run_ns = 100'000;
    reply.wall_ns = 1'100'000;
  }

  std::string rule(bool shared_clock = true) const {
    return broken_rule({request, reply, 1'000'000'000, 1'002'000'000, 1, shared_clock});
  }

  protocol::Sample request;
  protocol::SampleReply reply;
};

class TokenTrust : public testing::Test {
 protected:
  TokenTrust() {
    request.new_tokens = 2;
    reply.durations_ns = {5000, 6000};
    reply.rows = 2;
    reply.token_times_ns = {3000, 4900, 3000, 5900};
    reply.tokens = {1, 2, 3, 4, 5, 6, 7, 8};
  }
  std::string rule() const { return broken_token_rule(request, reply, 10); }

  protocol::Generate request;
  protocol::GenerateReply reply;
};

TEST_F(TokenTrust, an_honest_reply_breaks_no_rule) { EXPECT_EQ(rule(), ""); }

TEST_F(TokenTrust, as_many_times_and_tokens_as_asked) {
  reply.tokens.pop_back();
  EXPECT_EQ(rule(), "tokens: 4 times of 2 rows, but 7 tokens");
  reply.token_times_ns.pop_back();
  EXPECT_EQ(rule(), "tokens: asked for 4 times, got 3");
}

TEST_F(TokenTrust, tokens_come_in_order_and_within_their_sample) {
  reply.token_times_ns[1] = 5200;
  EXPECT_EQ(rule(), "tokens: token 1 of sample 0 came after 5.20 µs of 5.00 µs");
  reply.token_times_ns[1] = 2900;
  EXPECT_THAT(rule(), StartsWith("tokens: token 1 of sample 0"));
}

TEST_F(Trust, an_honest_reply_breaks_no_rule) { EXPECT_EQ(rule(), ""); }

TEST_F(Trust, durations_that_meet_without_a_gap_are_honest) {
  for (std::size_t i = 0; i < 10; ++i) {
    reply.offsets_ns[i] = static_cast<std::int64_t>(i) * 100'000;
    reply.durations_ns[i] = 100'000 - static_cast<std::int64_t>(i % 2);
  }
  reply.wall_ns = 1'000'000;
  EXPECT_EQ(rule(), "");
}

TEST_F(Trust, fewer_or_more_samples_than_asked_are_reported_with_both_counts) {
  request.samples = 11;
  EXPECT_EQ(rule(), "count: asked for 11 samples, got 10");
  request.samples = 9;
  EXPECT_EQ(rule(), "count: asked for 9 samples, got 10");
}

TEST_F(Trust, an_empty_reply_is_no_reply) {
  reply.durations_ns.clear();
  reply.offsets_ns.clear();
  EXPECT_EQ(rule(), "count: asked for 10 samples, got 0");
  request.duration_ns = 1;
  EXPECT_EQ(rule(), "count: asked for 10 samples, got 0");
}

TEST_F(Trust, fewer_samples_are_honest_when_the_time_asked_for_has_passed) {
  request.samples = 64;
  request.duration_ns = 1'000'000;
  EXPECT_EQ(rule(), "");
  request.duration_ns = 1'200'000;
  EXPECT_EQ(rule(), "count: got 10 of 64 samples although only 1.10 ms of 1.20 ms had passed");
}

TEST_F(Trust, durations_and_starts_must_be_as_many) {
  reply.offsets_ns.pop_back();
  EXPECT_EQ(rule(), "count: 10 durations, but 9 starts");
}

TEST_F(Trust, runs_in_a_sample_must_be_as_asked) {
  reply.runs_per_sample = 10;
  EXPECT_EQ(rule(), "runs: asked for 1 runs in a sample, got 10");
}

TEST_F(Trust, no_duration_is_zero_or_negative) {
  reply.durations_ns[3] = 0;
  EXPECT_EQ(rule(), "duration: sample 3 took 0 ns");
  reply.durations_ns[3] = -7;
  EXPECT_EQ(rule(), "duration: sample 3 took -7 ns");
}

TEST_F(Trust, no_part_is_longer_than_our_own_wait) {
  reply.durations_ns[9] = 2'000'001;
  EXPECT_EQ(rule(), "window: sample 9 took 2.00 ms, but the reply came 2.00 ms after the request");
}

TEST_F(Trust, samples_start_in_order_and_never_overlap) {
  std::swap(reply.offsets_ns[4], reply.offsets_ns[5]);
  EXPECT_EQ(rule(), "order: sample 5 starts at 440000, where sample 4 ends at 650004");
}

TEST_F(Trust, the_sum_of_the_samples_is_at_most_the_loop) {
  reply.wall_ns = 900'000;
  EXPECT_EQ(rule(), "sum: the first 9 samples take 900036 ns of a loop of 900000 ns");
}

TEST_F(Trust, ten_equal_durations_of_a_thousand_steps_are_made_up) {
  for (auto& duration_ns : reply.durations_ns) duration_ns = 100'000;
  EXPECT_EQ(rule(), "constant: all 10 samples took 100000 ns");
}

TEST_F(Trust, equal_durations_are_honest_when_they_are_few_or_near_the_clock_step) {
  for (auto& duration_ns : reply.durations_ns) duration_ns = 100'000;
  EXPECT_EQ(broken_rule({request, reply, 1'000'000'000, 1'002'000'000, 100, true}), "");
  request.samples = 9;
  reply.durations_ns.pop_back();
  reply.offsets_ns.pop_back();
  EXPECT_EQ(rule(), "");
}

TEST_F(Trust, too_little_discarded_is_reported) {
  reply.discarded_runs = 4;
  EXPECT_EQ(rule(), "discard: asked for 5 runs or more, got 4");
  reply.discarded_runs = 5;
  reply.discarded_ns = 300'000;
  EXPECT_EQ(rule(), "discard: asked for 400 µs or more, got 300 µs");
}

TEST_F(Trust, discarding_may_end_at_enough_runs_or_enough_time) {
  request.discard_enough_runs = 8;
  request.discard_enough_ns = 500'000;
  EXPECT_EQ(rule(), "");
  request.discard_enough_ns = 600'000;
  EXPECT_EQ(rule(), "discard: 5 runs in 500 µs are neither 8 runs nor 600 µs");
  request.discard_enough_runs = 5;
  EXPECT_EQ(rule(), "");
}

TEST_F(Trust, the_block_lies_between_our_request_and_its_reply) {
  reply.received_ns = 999'999'999;
  EXPECT_EQ(rule(), "window: the request was received at a time when it was not under way");
  reply.received_ns = 1'002'000'001;
  EXPECT_EQ(rule(), "window: the request was received at a time when it was not under way");
  reply.received_ns = 1'000'050'000;
  reply.begin_ns = 1'000'049'999;
  EXPECT_EQ(rule(), "window: the block began at a time when the request was not under way");
  reply.begin_ns = 1'001'000'000;
  EXPECT_EQ(rule(), "window: the block ended after its reply had come");
}

TEST_F(Trust, another_clock_is_held_to_durations_and_not_to_times) {
  reply.received_ns = 5;
  reply.begin_ns = 10;
  EXPECT_EQ(rule(false), "");
  reply.discarded_ns = 1'000'000;
  EXPECT_EQ(rule(false), "window: the block took 2.10 ms, but the reply came 2.00 ms after the request");
}

TEST_F(Trust, counters_are_never_negative) {
  reply.run_delay_ns = -1;
  EXPECT_EQ(rule(), "") << "the kernel does not count it";
  reply.run_delay_ns = -2;
  EXPECT_EQ(rule(), "counter: run-queue delay of -2");
}

TEST_F(Trust, the_largest_and_smallest_numbers_break_a_rule_and_no_arithmetic) {
  const std::function<std::int64_t&(protocol::SampleReply&)> fields[] = {
      [](auto& r) -> std::int64_t& { return r.received_ns; },
      [](auto& r) -> std::int64_t& { return r.begin_ns; },
      [](auto& r) -> std::int64_t& { return r.offsets_ns[0]; },
      [](auto& r) -> std::int64_t& { return r.offsets_ns[9]; },
      [](auto& r) -> std::int64_t& { return r.durations_ns[0]; },
      [](auto& r) -> std::int64_t& { return r.durations_ns[9]; },
      [](auto& r) -> std::int64_t& { return r.discarded_ns; },
      [](auto& r) -> std::int64_t& { return r.first_run_ns; },
      [](auto& r) -> std::int64_t& { return r.wall_ns; },
  };
  const protocol::SampleReply honest = reply;
  for (const auto& field : fields) {
    for (const auto extreme :
         {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
      reply = honest;
      field(reply) = extreme;
      EXPECT_NE(rule(), "");
    }
  }
}

}  // namespace
}  // namespace inferometer::session
