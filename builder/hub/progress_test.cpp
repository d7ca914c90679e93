#include "builder/hub/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace inferometer::builder {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kSecondNs = 1'000'000'000;

TEST(progress, is_reported_every_five_seconds_with_rate_and_time_left) {
  base::FakeClock clock;
  std::vector<std::string> messages;
  Progress progress("org/name", clock, [&](const std::string& sentence) { messages.push_back(sentence); });
  clock.advance(100 * kSecondNs);
  progress.begin(100'000'000, 20'000'000);
  for (int second = 1; second <= 10; ++second) {
    clock.advance(kSecondNs);
    progress.received(2'000'000);
  }
  progress.finish();
  EXPECT_THAT(messages, ElementsAre("org/name: 30.0 MB of 100 MB, 2.00 MB/s, 35 s left",
                                    "org/name: 40.0 MB of 100 MB, 2.00 MB/s, 30 s left",
                                    "org/name: downloaded 20.0 MB in 10 s, 2.00 MB/s"));
}

TEST(progress, what_must_come_again_is_left_again) {
  base::FakeClock clock;
  std::vector<std::string> messages;
  Progress progress("x", clock, [&](const std::string& sentence) { messages.push_back(sentence); });
  progress.begin(30'000'000, 10'000'000);
  progress.lost(10'000'000);
  clock.advance(5 * kSecondNs);
  progress.received(5'000'000);
  EXPECT_THAT(messages, ElementsAre("x: 5.00 MB of 30.0 MB, 1.00 MB/s, 25 s left"));
}

}  // namespace
}  // namespace inferometer::builder
