#include "machine/machine.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "machine/environment.h"

namespace inferometer::machine {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

void put(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(environment, every_fact_that_any_machine_has_is_filled) {
  const auto environment = read_environment();
  EXPECT_FALSE(environment.cpu_model.empty());
  EXPECT_EQ(environment.cpus, static_cast<int>(allowed_cpus().size()));
  EXPECT_GE(environment.threads_per_core, 1);
  EXPECT_FALSE(environment.cpu_flags.empty());
  EXPECT_GT(environment.memory_bytes, 1 << 20);
  EXPECT_THAT(environment.kernel, MatchesRegex("Linux .+ .+"));
  EXPECT_THAT(environment.libc, MatchesRegex("glibc [0-9.]+"));
  EXPECT_THAT(environment.program_version, MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_FALSE(environment.compiler.empty());
  ASSERT_THAT(environment.devices, SizeIs(1));
  EXPECT_EQ(environment.devices[0].id, "cpu");
  EXPECT_EQ(environment.devices[0].name, environment.cpu_model);
}

TEST(environment, a_hypervisor_is_called_by_its_name) {
  EXPECT_EQ(hypervisor_name("KVMKVMKVM"), "KVM");
  EXPECT_EQ(hypervisor_name("Other\x1bone"), "Other?one");
}

TEST(environment, the_tightest_limit_above_our_control_group_counts) {
  base::ScratchFolder root("machine-test");
  put(root.path() / "proc/self/cgroup", "0::/outer/inner\n");
  put(root.path() / "proc/self/mountinfo", "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  const auto outer = root.path() / "sys/fs/cgroup/outer";
  put(outer / "cpu.max", "150000 100000\n");
  put(outer / "memory.max", "2000000\n");
  put(root.path() / "sys/fs/cgroup/memory.max", "max\n");
  put(outer / "inner/cpu.max", "400000 100000\n");
  put(outer / "inner/memory.max", "1000000\n");
  const auto limits = read_resource_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.memory_bytes, 1000000);
}

TEST(environment, no_more_memory_is_free_than_the_control_group_allows) {
  base::ScratchFolder root("machine-test");
  put(root.path() / "proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n");
  EXPECT_EQ(read_pressure(root.path()).memory_available_bytes, 4'096'000'000);
  put(root.path() / "proc/self/cgroup", "0::/inner\n");
  put(root.path() / "proc/self/mountinfo", "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  put(root.path() / "sys/fs/cgroup/inner/memory.max", "1000000000\n");
  EXPECT_EQ(read_pressure(root.path()).memory_available_bytes, 1'000'000'000);
}

TEST(environment, version_one_limits_come_from_two_hierarchies) {
  base::ScratchFolder root("machine-test");
  put(root.path() / "proc/self/cgroup", "4:memory:/\n1:cpu,cpuacct:/\n");
  put(root.path() / "proc/self/mountinfo",
      "32 31 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n35 31 0:32 / /cg/memory rw - cgroup cgroup "
      "rw,memory\n");
  put(root.path() / "cg/cpu/cpu.cfs_quota_us", "50000\n");
  put(root.path() / "cg/cpu/cpu.cfs_period_us", "100000\n");
  put(root.path() / "cg/memory/memory.limit_in_bytes", "2000000\n");
  const auto limits = read_resource_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpus, 0.5);
  EXPECT_EQ(limits.memory_bytes, 2000000);
}

TEST(environment, a_machine_without_control_groups_has_no_limits) {
  base::ScratchFolder root("machine-test");
  const auto limits = read_resource_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpus, 0);
  EXPECT_EQ(limits.memory_bytes, 0);
}

TEST(counters, use_is_the_growth_between_two_readings_of_the_cpus_asked_for) {
  const CpuCounters before{{{0, 100, 100, 0}, {1, 0, 50, 0}, {2, 9, 9, 9}}, 0};
  const CpuCounters after{{{0, 130, 160, 10}, {1, 50, 49, 0}, {2, 99, 99, 99}}, 1};
  const auto use = cpu_use(before, after, {0, 1});
  ASSERT_THAT(use.cpus, SizeIs(2));
  EXPECT_DOUBLE_EQ(use.cpus[0].busy, 0.3);
  EXPECT_DOUBLE_EQ(use.cpus[0].steal, 0.1);
  EXPECT_DOUBLE_EQ(use.cpus[1].busy, 1.0);  // an idle counter that steps back counts as no growth
  EXPECT_DOUBLE_EQ(use.busy_cpus(), 1.3);
  EXPECT_DOUBLE_EQ(use.steal(), 0.05);
}

TEST(counters, no_time_between_two_readings_is_no_use) {
  const CpuCounters reading{{{0, 100, 100, 0}}, 0};
  EXPECT_DOUBLE_EQ(cpu_use(reading, reading, {0}).busy_cpus(), 0);
  EXPECT_DOUBLE_EQ(CpuUse{}.steal(), 0);
}

TEST(counters, our_own_cpus_are_among_those_of_the_machine) {
  const auto counters = read_cpu_counters();
  const auto use = cpu_use(counters, counters, allowed_cpus());
  EXPECT_EQ(use.cpus.size(), allowed_cpus().size());
}

CpuUse all_idle(int cpus) {
  CpuUse use;
  for (int cpu = 0; cpu < cpus; ++cpu) use.cpus.push_back({cpu, 0, 0});
  return use;
}

results::Environment quiet_machine() {
  results::Environment environment;
  environment.cpus = 4;
  environment.governor = "performance";
  environment.turbo = "off";
  environment.memory_bytes = 16'000'000'000;
  return environment;
}

const Pressure kNoPressure{0, 12'000'000'000, 0};

TEST(disturbances, a_quiet_machine_has_none) {
  EXPECT_THAT(find_disturbances(quiet_machine(), all_idle(4), kNoPressure), IsEmpty());
}

TEST(disturbances, each_cause_is_one_sentence_with_its_fact_and_an_advice) {
  struct Case {
    std::function<void(results::Environment&, CpuUse&, Pressure&)> make;
    std::string what;
  };
  const std::vector<Case> cases = {
      {[](auto&, auto& use, auto&) { use.cpus[0].busy = 0.8; }, "other programs use 0.8 of 4 CPUs"},
      {[](auto&, auto&, auto& pressure) { pressure.load = 3.2; }, "load 3.2"},
      {[](auto&, auto& use, auto&) { use.cpus[0].steal = 0.2; }, "5 % of the CPU time"},
      {[](auto& environment, auto&, auto&) { environment.governor = "powersave"; }, "'powersave'"},
      {[](auto& environment, auto&, auto&) { environment.turbo = "on"; }, "turbo is on"},
      {[](auto& environment, auto&, auto&) { environment.cpu_limit = 1.5; }, "1.5 of 4 CPUs"},
      {[](auto& environment, auto&, auto&) { environment.hypervisor = "KVM"; }, "(KVM)"},
      {[](auto& environment, auto&, auto&) { environment.autogroup = true; }, "autogroup"},
      {[](auto&, auto&, auto& pressure) { pressure.swap_used_bytes = 500'000'000; }, "500 MB of swap"},
      {[](auto&, auto&, auto& pressure) { pressure.memory_available_bytes = 400'000'000; },
       "only 400 MB of 16.0 GB"},
  };
  for (const auto& one : cases) {
    auto environment = quiet_machine();
    auto use = all_idle(4);
    auto pressure = kNoPressure;
    one.make(environment, use, pressure);
    const auto found = find_disturbances(environment, use, pressure);
    ASSERT_THAT(found, SizeIs(1)) << one.what;
    EXPECT_THAT(found[0].what, HasSubstr(one.what));
    EXPECT_FALSE(found[0].advice.empty());
  }
}

TEST(disturbances, a_limit_at_or_above_the_cpus_disturbs_nobody) {
  auto environment = quiet_machine();
  environment.cpu_limit = 4;
  EXPECT_THAT(find_disturbances(environment, all_idle(4), kNoPressure), IsEmpty());
}

std::string heard;
void remember(const std::string& text) { heard += text; }

TEST(measurement_lock, the_second_hears_who_holds_it_and_gives_up) {
  base::ScratchFolder folder("machine-test");
  const auto file = folder.path() / "lock";
  heard.clear();
  const MeasurementLock first(std::chrono::nanoseconds(0), remember, file);
  EXPECT_EQ(heard, "");
  const auto message =
      message_of([&] { MeasurementLock second(std::chrono::nanoseconds(0), remember, file); });
  EXPECT_THAT(message, HasSubstr("held by process " + std::to_string(::getpid()) + " ("));
  EXPECT_THAT(heard, HasSubstr("waiting: held by process " + std::to_string(::getpid())));
}

TEST(measurement_lock, waiting_tells_once_and_ends_when_the_holder_dies) {
  base::ScratchFolder folder("machine-test");
  const auto file = folder.path() / "lock";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    const MeasurementLock lock(std::chrono::nanoseconds(0), remember, file);
    [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
    ::usleep(250'000);  // long enough for the other to find it held; then die without a destructor
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  heard.clear();
  const MeasurementLock second(std::chrono::minutes(1), remember, file);
  EXPECT_THAT(heard, MatchesRegex("[^;]+; waiting: held by process " + std::to_string(holder) + " [^;]+"));
  EXPECT_THAT(base::read_file(file, 1000), HasSubstr("process " + std::to_string(::getpid())));
  ::waitpid(holder, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(measurement_lock, it_is_free_again_after_its_holder_and_open_to_every_user) {
  base::ScratchFolder folder("machine-test");
  const auto file = folder.path() / "lock";
  const mode_t mask = ::umask(0077);
  { const MeasurementLock lock(std::chrono::nanoseconds(0), remember, file); }
  ::umask(mask);
  EXPECT_EQ(fs::status(file).permissions() & fs::perms::mask, fs::perms(0666));
  EXPECT_EQ(base::read_file(file, 1000), "");
  EXPECT_NO_THROW(MeasurementLock(std::chrono::nanoseconds(0), remember, file));
}

TEST(measurement_lock, a_link_a_pipe_and_a_folder_in_its_place_are_refused) {
  base::ScratchFolder folder("machine-test");
  const auto target = folder.path() / "target";
  put(target, "precious");
  fs::create_symlink(target, folder.path() / "link");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  for (const char* name : {"link", "pipe", "."}) {
    const auto message = message_of(
        [&] { MeasurementLock lock(std::chrono::nanoseconds(0), remember, folder.path() / name); });
    EXPECT_THAT(message, HasSubstr("cannot be used as the lock of this machine's measurements")) << name;
  }
  EXPECT_EQ(base::read_file(target, 100), "precious");
}

}  // namespace
}  // namespace inferometer::machine
