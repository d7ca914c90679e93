#include "sdk/cpp/counters.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace inferometer::worker {
namespace {

/// Keeps the calling thread busy until its own CPU clock has moved so far: work, not wall time.
void burn_cpu(std::int64_t cpu_ns) {
  const auto used = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
  };
  const std::int64_t end = used() + cpu_ns;
  while (used() < end) {
  }
}

class run_delay : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/proc/self/schedstat"))
      GTEST_SKIP() << "this kernel counts no run-queue delay";
  }
};

TEST_F(run_delay, threads_that_share_one_cpu_wait_for_each_other) {
  RunDelay delay;
  std::atomic<bool> counted = false;
  std::atomic<int> done = 0;
  delay.begin();
  const auto work = [&] {
    burn_cpu(30'000'000);
    ++done;
    while (!counted) std::this_thread::yield();  // an ended thread takes its count with it
  };
  cpu_set_t before, one;
  ::sched_getaffinity(0, sizeof before, &before);
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ::sched_setaffinity(0, sizeof one, &one);  // inherited by both threads
  std::thread first(work), second(work);
  while (done < 2) std::this_thread::yield();
  const std::int64_t delay_ns = delay.end();
  counted = true;
  first.join();
  second.join();
  ::sched_setaffinity(0, sizeof before, &before);
  EXPECT_GE(delay_ns, 10'000'000);
}

TEST_F(run_delay, only_what_came_after_begin_is_counted) {
  RunDelay delay;
  delay.begin();
  const std::int64_t at_once_ns = delay.end();
  EXPECT_GE(at_once_ns, 0);
  delay.begin();
  EXPECT_GE(delay.end(), 0);
}

TEST_F(run_delay, a_thread_that_ended_is_left_out) {
  RunDelay delay;
  {
    std::atomic<bool> listed = false;
    std::thread short_lived([&] {
      while (!listed) std::this_thread::yield();
    });
    delay.begin();
    listed = true;
    short_lived.join();
  }
  EXPECT_GE(delay.end(), 0);
}

TEST(usage, touching_new_pages_counts_as_faults_and_work_as_cpu_time) {
  protocol::SampleReply reply;
  const Usage usage;
  std::vector<char> pages(64u << 20, 1);
  burn_cpu(5'000'000);
  usage.finish(reply);
  EXPECT_GE(reply.minor_faults, 32);  // at least one huge page each 2 MiB
  EXPECT_GE(reply.cpu_ns, 5'000'000);
  EXPECT_EQ(pages.back(), 1);
}

TEST(peak_rss, is_at_least_what_was_touched) {
  const std::vector<char> pages(64u << 20, 1);
  EXPECT_GE(peak_rss_bytes(), 64 << 20);
  EXPECT_EQ(pages.back(), 1);
}

TEST(clock_step, is_positive) { EXPECT_GE(clock_step_ns(), 1); }

}  // namespace
}  // namespace inferometer::worker
