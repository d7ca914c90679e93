#include "sdk/cpp/counters.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <latch>
#include <thread>
#include <vector>

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

/// Two threads that shared one CPU and now wait, alive, until this object ends.
class Rivals {
 public:
  Rivals() {
    for (auto& thread : threads_) thread = std::thread([this, cpu = ::sched_getcpu()] { live(cpu); });
    worked_.wait();
  }
  ~Rivals() {
    end_.count_down();
    for (auto& thread : threads_) thread.join();
  }

 private:
  void live(int cpu) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(cpu), &one);
    ::sched_setaffinity(0, sizeof one, &one);
    burn_cpu(150'000'000);
    worked_.count_down();
    end_.wait();
  }

  std::latch worked_{2};
  std::latch end_{1};
  std::array<std::thread, 2> threads_;
};

/// At least so long one of two threads with 150 ms of work each waits for the other.
constexpr std::int64_t kDelayOfRivals = 100'000'000;

class RunDelayCount : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/proc/self/schedstat"))
      GTEST_SKIP() << "this kernel counts no run-queue delay";
  }
};

TEST_F(RunDelayCount, threads_born_since_begin_are_counted) {
  RunDelay delay;
  delay.begin();
  const Rivals rivals;
  EXPECT_GE(delay.end(), kDelayOfRivals);
}

TEST_F(RunDelayCount, threads_are_counted_though_as_many_have_ended_meanwhile) {
  RunDelay delay;
  std::latch end{1};
  std::thread first([&] { end.wait(); }), second([&] { end.wait(); });
  delay.begin();
  end.count_down();
  first.join();
  second.join();
  const Rivals rivals;
  EXPECT_GE(delay.end(), kDelayOfRivals);
}

TEST_F(RunDelayCount, what_came_before_begin_is_not_counted_even_when_threads_are_listed_anew) {
  RunDelay delay;
  const Rivals rivals;
  std::int64_t least_ns = kDelayOfRivals;
  for (int attempt = 0; attempt < 10; ++attempt) {  // the machine may delay this very thread now and then
    delay.begin();
    std::latch end{1};
    std::thread newcomer([&] { end.wait(); });
    least_ns = std::min(least_ns, delay.end());
    end.count_down();
    newcomer.join();
  }
  EXPECT_LT(least_ns, kDelayOfRivals);
  EXPECT_GE(least_ns, 0);
}

/// A child that burnt 150 ms of CPU time, touched 64 MiB, and waits for its end.
class BusyChild {
 public:
  BusyChild() {
    EXPECT_EQ(::pipe(worked_.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const std::vector<char> pages(64u << 20, 1);
      burn_cpu(150'000'000);
      if (::write(worked_[1], pages.data(), 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char byte = 0;
    EXPECT_EQ(::read(worked_[0], &byte, 1), 1);
  }
  ~BusyChild() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    for (const int end : worked_) ::close(end);
  }

 private:
  std::array<int, 2> worked_{};
  pid_t child_ = -1;
};

TEST(usage, of_a_busy_child_is_counted_while_it_lives_and_after_it_was_reaped) {
  protocol::SampleReply alive, reaped;
  const Usage usage;
  {
    const BusyChild child;
    usage.finish(alive);
  }
  usage.finish(reaped);
  EXPECT_GE(alive.cpu_ns, 150'000'000);
  EXPECT_GE(reaped.cpu_ns, 150'000'000);
}

TEST(peak_rss, of_a_child_is_added) {
  const std::int64_t alone_bytes = peak_rss_bytes();
  const BusyChild child;
  EXPECT_GE(peak_rss_bytes() - alone_bytes, 64 << 20);
}

TEST_F(RunDelayCount, threads_of_a_child_are_counted) {
  RunDelay delay;
  delay.begin();
  cpu_set_t before, one;
  ::sched_getaffinity(0, sizeof before, &before);
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ::sched_setaffinity(0, sizeof one, &one);  // the child inherits it and has to share
  std::thread rival([] { burn_cpu(150'000'000); });
  const BusyChild child;
  rival.join();
  EXPECT_GE(delay.end(), kDelayOfRivals);
  ::sched_setaffinity(0, sizeof before, &before);
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

TEST(clock_step, is_the_smallest_that_is_no_standstill) {
  static std::int64_t reading = 0;
  const auto now = []() -> std::int64_t { return ++reading / 3 * 20; };  // rests for three readings
  EXPECT_EQ(clock_step_ns(now), 20);
}

}  // namespace
}  // namespace inferometer::worker
