#include "machine/kernel_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/text.h"

namespace inferometer::machine {
namespace {

constexpr std::array<std::string_view, 27> kFlagsThatMatter = {
    "sse4_2",         "avx",         "avx2",        "fma",         "f16c",
    "avx_vnni",       "avx512f",     "avx512bw",    "avx512vl",    "avx512dq",
    "avx512cd",       "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni_int8",
    "avx_ne_convert", "amx_tile",    "amx_int8",    "amx_bf16",    "amx_fp16",
    "asimd",          "asimdhp",     "asimddp",     "sve",         "sve2",
    "i8mm",           "bf16"};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  text = trim(text);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found = base::split(text, ' ');
  std::erase(found, "");
  return found;
}

std::uint64_t ticks(std::span<const std::string> fields, std::size_t index) {
  return index < fields.size() ? number<std::uint64_t>(fields[index]).value_or(0) : 0;
}

/// mountinfo writes blanks and backslashes of paths as three octal digits.
std::string unescape_octal(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const bool escaped =
        text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 4, code, 8).ptr == text.data() + i + 4;
    plain += escaped ? static_cast<char>(code) : text[i];
    if (escaped) i += 3;
  }
  return plain;
}

struct Mount {
  std::string root;
  std::string mount_point;
  std::string type;
  std::vector<std::string> options;
};

std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  for (const auto& line : base::split(mountinfo, '\n')) {
    // "29 23 0:26 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct": the fields before " - "
    // vary.
    const auto fields = words(line);
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() < 5 || fields.end() - dash < 4) continue;
    mounts.push_back(
        {unescape_octal(fields[3]), unescape_octal(fields[4]), dash[1], base::split(dash[3], ',')});
  }
  return mounts;
}

bool carries(const Mount& mount, const std::string& controllers) {
  if (controllers.empty()) return mount.type == "cgroup2";
  if (mount.type != "cgroup") return false;
  return std::ranges::all_of(base::split(controllers, ','), [&](const std::string& controller) {
    return std::ranges::find(mount.options, controller) != mount.options.end();
  });
}

/// A container may see only a part of the hierarchy: the path of our group counts from that part's root.
std::string below(const std::string& root, const std::string& path) {
  if (root == "/") return path;
  if (path == root) return "/";
  return path.starts_with(root + "/") ? path.substr(root.size()) : "/";
}

}  // namespace

std::vector<int> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  for (const auto& part : base::split(trim(text), ',')) {
    const auto ends = base::split(part, '-');
    const auto first = number<int>(ends.front());
    const auto last = number<int>(ends.back());
    if (ends.size() > 2 || !first || !last || *first < 0 || *last > 1 << 20) return {};
    for (int cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

std::optional<std::string> field(std::string_view text, std::string_view key) {
  for (const auto& line : base::split(text, '\n')) {
    if (!std::string_view(line).starts_with(key)) continue;
    const std::string_view rest = std::string_view(line).substr(key.size());
    const auto value = rest.find_first_not_of(" \t:");
    // "Swap" must not find "SwapTotal:".
    if (!rest.empty() && value == 0) continue;
    return std::string(value == std::string_view::npos ? "" : trim(rest.substr(value)));
  }
  return std::nullopt;
}

std::int64_t memory_field_bytes(std::string_view meminfo, std::string_view key) {
  const auto parts = words(field(meminfo, key).value_or(""));
  return parts.empty() ? 0 : number<std::int64_t>(parts.front()).value_or(0) * 1024;
}

ProcessorText parse_cpuinfo(std::string_view text) {
  ProcessorText processor;
  processor.model = field(text, "model name").value_or("");
  if (processor.model.empty()) {
    if (const auto part = field(text, "CPU part")) {
      processor.model = "CPU implementer " + field(text, "CPU implementer").value_or("?") + " part " + *part;
    }
  }
  processor.microcode = field(text, "microcode").value_or("");
  const auto flags = field(text, "flags");
  for (const auto& flag : words(flags ? *flags : field(text, "Features").value_or(""))) {
    if (std::ranges::find(kFlagsThatMatter, flag) != kFlagsThatMatter.end()) processor.flags.push_back(flag);
    if (flag == "hypervisor") processor.under_hypervisor = true;
  }
  return processor;
}

std::vector<CpuCounters::One> parse_stat(std::string_view text) {
  std::vector<CpuCounters::One> cpus;
  for (const auto& line : base::split(text, '\n')) {
    const auto fields = words(line);
    if (fields.empty() || !fields[0].starts_with("cpu")) continue;
    const auto cpu = number<int>(std::string_view(fields[0]).substr(3));
    if (!cpu) continue;  // "cpu": the sum of all
    // proc(5): user nice system idle iowait irq softirq steal guest guest_nice; user already holds guest.
    const std::span<const std::string> all(fields);
    cpus.push_back({*cpu, ticks(all, 1) + ticks(all, 2) + ticks(all, 3) + ticks(all, 6) + ticks(all, 7),
                    ticks(all, 4) + ticks(all, 5), ticks(all, 8)});
  }
  return cpus;
}

std::optional<std::uint64_t> parse_process_ticks(std::string_view text) {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  const auto fields = words(text.substr(name_end + 1));
  constexpr std::size_t kUserTime = 11;  // field 14 of proc(5), counted from the state, field 3
  if (fields.size() <= kUserTime + 1) return std::nullopt;
  return ticks(fields, kUserTime) + ticks(fields, kUserTime + 1);
}

double parse_load(std::string_view text) {
  return number<double>(text.substr(0, text.find(' '))).value_or(0);
}

std::string chosen_word(std::string_view text) {
  const auto open = text.find('[');
  const auto close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return std::string(trim(text));
  return std::string(text.substr(open + 1, close - open - 1));
}

double cpu_quota(std::string_view quota_us, std::string_view period_us) {
  const double quota = number<double>(quota_us).value_or(0);
  const double period = number<double>(period_us).value_or(0);
  return quota > 0 && period > 0 ? quota / period : 0;
}

double parse_cpu_max(std::string_view text) {
  const auto parts = words(trim(text));
  return parts.size() == 2 ? cpu_quota(parts[0], parts[1]) : 0;
}

std::int64_t parse_memory_limit(std::string_view text) {
  const auto bytes = number<std::int64_t>(text).value_or(0);
  constexpr std::int64_t kUnlimited = std::int64_t{1} << 60;  // v1 writes 2^63 rounded down to a page
  return bytes > 0 && bytes < kUnlimited ? bytes : 0;
}

std::vector<ControlGroup> parse_control_groups(std::string_view membership, std::string_view mountinfo) {
  const auto mounts = parse_mounts(mountinfo);
  std::vector<ControlGroup> groups;
  for (const auto& line : base::split(membership, '\n')) {
    // "4:memory:/a/b"; "0::/a/b" in version 2. A path may hold colons.
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const auto mount = std::ranges::find_if(mounts, [&](const Mount& m) { return carries(m, controllers); });
    if (mount == mounts.end()) continue;
    groups.push_back({controllers, mount->mount_point, below(mount->root, line.substr(second + 1))});
  }
  return groups;
}

}  // namespace inferometer::machine
