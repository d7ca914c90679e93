#include "machine/kernel_text.h"

#include <gmock/gmock.h>

namespace inferometer::machine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(kernel_text, a_cpu_list_has_ranges_and_single_cpus) {
  EXPECT_THAT(parse_cpu_list("0-3,8\n"), ElementsAre(0, 1, 2, 3, 8));
  EXPECT_THAT(parse_cpu_list("5"), ElementsAre(5));
}

TEST(kernel_text, what_is_no_cpu_list_gives_no_cpus) {
  for (const char* text : {"", "a", "1-", "-1", "1-2-3", "0-99999999999", "0,,1"}) {
    EXPECT_THAT(parse_cpu_list(text), IsEmpty()) << text;
  }
}

TEST(kernel_text, a_field_is_found_by_its_whole_name) {
  const char* status = "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n";
  EXPECT_EQ(field(status, "Cpus_allowed_list"), "0-7");
  EXPECT_EQ(field(status, "Cpus_allowed"), "ff");
  EXPECT_EQ(field(status, "Cpus"), std::nullopt);
}

TEST(kernel_text, memory_is_in_units_of_1024_bytes) {
  const char* meminfo = "MemTotal:       24684 kB\nSwapTotal:           0 kB\n";
  EXPECT_EQ(memory_field_bytes(meminfo, "MemTotal"), 24684 * 1024);
  EXPECT_EQ(memory_field_bytes(meminfo, "SwapTotal"), 0);
  EXPECT_EQ(memory_field_bytes(meminfo, "MemAvailable"), 0);
}

TEST(kernel_text, cpuinfo_of_x86_keeps_the_flags_that_engines_use) {
  const auto processor = parse_cpuinfo(
      "processor\t: 0\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nmicrocode\t: 0x1000065\n"
      "flags\t\t: fpu vme fma hypervisor avx2 avx512f avx512_vnni avx512_bf16 amx_tile\n\n"
      "processor\t: 1\nmodel name\t: another\n");
  EXPECT_EQ(processor.model, "AMD EPYC");
  EXPECT_EQ(processor.microcode, "0x1000065");
  EXPECT_THAT(processor.flags,
              ElementsAre("fma", "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile"));
  EXPECT_TRUE(processor.under_hypervisor);
}

TEST(kernel_text, cpuinfo_of_arm_has_a_part_number_for_a_name) {
  const auto processor = parse_cpuinfo(
      "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm bf16\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n");
  EXPECT_EQ(processor.model, "CPU implementer 0x41 part 0xd40");
  EXPECT_THAT(processor.flags, ElementsAre("asimd", "asimddp", "i8mm", "bf16"));
  EXPECT_FALSE(processor.under_hypervisor);
}

TEST(kernel_text, stat_counts_interrupts_as_busy_and_waiting_as_idle) {
  const auto cpus = parse_stat(
      "cpu  10 20 30 40 50 60 70 80 0 0\n"
      "cpu0 1 2 3 100 200 4 5 7 1 0\n"
      "cpu12 1 0 0 9\n"
      "intr 5 6\n");
  ASSERT_EQ(cpus.size(), 2u);
  EXPECT_EQ(cpus[0].cpu, 0);
  EXPECT_EQ(cpus[0].busy, 1u + 2 + 3 + 4 + 5);
  EXPECT_EQ(cpus[0].idle, 300u);
  EXPECT_EQ(cpus[0].steal, 7u);
  EXPECT_EQ(cpus[1].cpu, 12);
  EXPECT_EQ(cpus[1].steal, 0u);
}

TEST(kernel_text, a_program_name_with_blanks_and_parentheses_does_not_shift_the_fields) {
  const char* tail = " S 1 1 1 0 -1 4194304 100 0 0 0 70 30 0 0 20 0 4 0 12345";
  EXPECT_EQ(parse_process_ticks(std::string("42 (plain)") + tail), 100u);
  EXPECT_EQ(parse_process_ticks(std::string("42 (a) b (c)") + tail), 100u);
  EXPECT_EQ(parse_process_ticks("42 (cut) S 1"), std::nullopt);
  EXPECT_EQ(parse_process_ticks(""), std::nullopt);
}

TEST(kernel_text, the_load_is_the_mean_of_the_last_minute) {
  EXPECT_DOUBLE_EQ(parse_load("0.31 0.07 0.02 3/111 8244\n"), 0.31);
  EXPECT_DOUBLE_EQ(parse_load(""), 0);
}

TEST(kernel_text, the_chosen_word_is_the_one_in_brackets) {
  EXPECT_EQ(chosen_word("always [madvise] never\n"), "madvise");
  EXPECT_EQ(chosen_word("never\n"), "never");
  EXPECT_EQ(chosen_word(""), "");
}

TEST(kernel_text, limits_of_both_versions_of_control_groups_are_read) {
  EXPECT_DOUBLE_EQ(parse_cpu_max("150000 100000\n"), 1.5);
  EXPECT_DOUBLE_EQ(parse_cpu_max("max 100000\n"), 0);
  EXPECT_DOUBLE_EQ(cpu_quota("50000\n", "100000\n"), 0.5);
  EXPECT_DOUBLE_EQ(cpu_quota("-1\n", "100000\n"), 0);
  EXPECT_EQ(parse_memory_limit("1073741824\n"), 1073741824);
  EXPECT_EQ(parse_memory_limit("max\n"), 0);
  EXPECT_EQ(parse_memory_limit("9223372036854771712\n"), 0);
}

constexpr const char* kMountinfo =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
    "32 31 0:29 /docker/7f /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:1 - cgroup cgroup "
    "rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/uni\\040fied rw,relatime - cgroup2 cgroup2 rw\n";

TEST(kernel_text, a_container_sees_its_group_at_the_mount_point) {
  const auto groups = parse_control_groups("3:cpu,cpuacct:/docker/7f/job\n", kMountinfo);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].mount_point, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(groups[0].path, "/job");
  EXPECT_EQ(parse_control_groups("3:cpu,cpuacct:/docker/7f\n", kMountinfo).at(0).path, "/");
  EXPECT_EQ(parse_control_groups("3:cpu,cpuacct:/docker/7fff\n", kMountinfo).at(0).path, "/");
}

TEST(kernel_text, version_two_has_one_hierarchy_without_controllers) {
  const auto groups = parse_control_groups("0::/user.slice/a:b\n9:name=systemd:/\n", kMountinfo);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].mount_point, "/sys/fs/cgroup/uni fied");
  EXPECT_EQ(groups[0].path, "/user.slice/a:b");
}

}  // namespace
}  // namespace inferometer::machine
