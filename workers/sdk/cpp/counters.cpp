#include "sdk/cpp/counters.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "sdk/cpp/descendants.h"

namespace inferometer::worker {
namespace {

constexpr const char* kOwnTasks = "/proc/self/task";

/// The kernel shows the number of threads as the number of subfolders: one call instead of a listing.
std::int64_t subfolders(const std::string& folder) {
  struct stat facts {};
  return ::stat(folder.c_str(), &facts) == 0 ? static_cast<std::int64_t>(facts.st_nlink) - 2 : 0;
}

/// Of this process and its descendants.
std::vector<std::string> task_folders() {
  std::vector<std::string> folders = {kOwnTasks};
  for (const int process : descendants()) folders.push_back("/proc/" + std::to_string(process) + "/task");
  return folders;
}

std::int64_t read_delay_ns(int descriptor) {
  char text[96];
  const ssize_t size = ::pread(descriptor, text, sizeof text - 1, 0);
  if (size <= 0) return -1;  // the thread has ended
  text[size] = '\0';
  long long delay = -1;
  return std::sscanf(text, "%*d %lld", &delay) == 1 ? delay : -1;
}

}  // namespace

RunDelay::~RunDelay() {
  for (const Thread& thread : threads_) ::close(thread.descriptor);
}

void RunDelay::list_threads() {
  const std::vector<Thread> before = std::move(threads_);
  threads_.clear();
  for (const auto& folder : folders_) list_threads_of(folder, before);
  for (const Thread& thread : before) ::close(thread.descriptor);
}

void RunDelay::list_threads_of(const std::string& tasks, const std::vector<Thread>& before) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), ::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const int id = std::atoi(entry->d_name);
    if (id == 0) continue;
    const std::string path = tasks + "/" + entry->d_name + "/schedstat";
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    const auto known =
        std::find_if(before.begin(), before.end(), [&](const Thread& t) { return t.id == id; });
    threads_.push_back({id, descriptor, known == before.end() ? 0 : known->delay_at_begin_ns, 0});
  }
}

void RunDelay::refresh() {
  auto folders = task_folders();
  std::int64_t count = 0;
  for (const auto& folder : folders) count += subfolders(folder);
  if (count == listed_count_ && folders == folders_) return;
  folders_ = std::move(folders);
  listed_count_ = count;
  list_threads();
}

bool RunDelay::read_listed() {
  bool all = true;
  for (Thread& thread : threads_) {
    thread.delay_ns = read_delay_ns(thread.descriptor);
    all = all && thread.delay_ns >= 0;
  }
  return all;
}

void RunDelay::read() {
  refresh();
  if (read_listed()) return;
  list_threads();  // one thread ended and another began: their number is the same
  read_listed();
}

void RunDelay::begin() {
  read();
  for (Thread& thread : threads_) thread.delay_at_begin_ns = std::max<std::int64_t>(0, thread.delay_ns);
}

std::int64_t RunDelay::end() {
  read();
  std::int64_t sum_ns = 0;
  bool counted = false;
  for (const Thread& thread : threads_) {
    if (thread.delay_ns < 0) continue;
    counted = true;
    sum_ns += thread.delay_ns - thread.delay_at_begin_ns;
  }
  return counted ? sum_ns : -1;
}

namespace {

std::int64_t in_ns(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_usec * 1000;
}

protocol::SampleReply usage_now() {
  rusage usage{}, reaped{};
  ::getrusage(RUSAGE_SELF, &usage);
  ::getrusage(RUSAGE_CHILDREN, &reaped);
  protocol::SampleReply now;
  // What a child has used moves to its parent when it is reaped.
  now.cpu_ns = base::process_cpu_ns(::getpid()) + in_ns(reaped.ru_utime) + in_ns(reaped.ru_stime);
  for (const int process : descendants()) now.cpu_ns += base::process_cpu_ns(process);
  now.minor_faults = usage.ru_minflt;
  now.major_faults = usage.ru_majflt;
  now.voluntary_switches = usage.ru_nvcsw;
  now.involuntary_switches = usage.ru_nivcsw;
  return now;
}

}  // namespace

Usage::Usage() : begin_(usage_now()) {}

void Usage::finish(protocol::SampleReply& reply) const {
  const protocol::SampleReply now = usage_now();
  reply.cpu_ns = now.cpu_ns - begin_.cpu_ns;
  reply.minor_faults = now.minor_faults - begin_.minor_faults;
  reply.major_faults = now.major_faults - begin_.major_faults;
  reply.voluntary_switches = now.voluntary_switches - begin_.voluntary_switches;
  reply.involuntary_switches = now.involuntary_switches - begin_.involuntary_switches;
}

std::int64_t peak_rss_bytes() {
  std::int64_t sum_bytes = process_peak_rss_bytes(::getpid());
  for (const int process : descendants()) sum_bytes += process_peak_rss_bytes(process);
  return sum_bytes;
}

std::int64_t thread_count() { return subfolders(kOwnTasks); }

std::int64_t clock_step_ns(std::int64_t (*now)()) {
  std::int64_t smallest_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t previous_ns = now();
  for (int reading = 0; reading < 1000 || smallest_ns == std::numeric_limits<std::int64_t>::max();
       ++reading) {
    const std::int64_t now_ns = now();
    if (now_ns != previous_ns) smallest_ns = std::min(smallest_ns, now_ns - previous_ns);
    previous_ns = now_ns;
  }
  return smallest_ns;
}

}  // namespace inferometer::worker
