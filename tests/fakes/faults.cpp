#include "tests/fakes/faults.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

namespace inferometer::fakes {
namespace {

using protocol::Reply;
using protocol::SampleReply;

constexpr std::size_t kFloodBytes = 8u << 20;
constexpr std::size_t kLongLineBytes = 1u << 30;
constexpr std::size_t kMemoryLimitBytes = 256u << 20;
constexpr std::size_t kPieceBytes = 1u << 20;

// ---- deeds -----------------------------------------------------------------------------------------

template <int signal>
void die_by() {
  std::fprintf(stderr, "last words before signal %d\n", signal);
  // A sanitizer would turn the signal into an exit code.
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

template <int code>
void exit_early() {
  ::_exit(code);
}

void hang() {
  for (;;) ::pause();
}

void ignore_term() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
  hang();
}

void stop() { ::raise(SIGSTOP); }

void write_bytes(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) ::_exit(4);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_much(int descriptor, std::size_t bytes) {
  const std::string piece(kPieceBytes, 'x');
  for (std::size_t written = 0; written < bytes; written += piece.size()) write_bytes(descriptor, piece);
}

void flood() { write_much(STDOUT_FILENO, kFloodBytes); }
void long_line() { write_much(protocol::kReplyDescriptor, kLongLineBytes); }
void garbage() { write_bytes(protocol::kReplyDescriptor, std::string_view("\x00\xff{]garbage\n", 12)); }

void trickle() {
  for (;;) {
    write_bytes(protocol::kReplyDescriptor, "x");
    const timespec moment{0, 20'000'000};
    ::nanosleep(&moment, nullptr);
  }
}

void close_channel() {
  ::close(protocol::kReplyDescriptor);
  hang();
}

/// A daemon in the classic way: fork, setsid, fork.
void orphan() {
  if (const pid_t middle = ::fork(); middle != 0) {
    ::waitpid(middle, nullptr, 0);
    return;
  }
  ::setsid();
  if (::fork() == 0) hang();
  ::_exit(0);
}

/// A child that computes for ever.
void spin() {
  if (::fork() != 0) return;
  for (volatile std::uint64_t turns = 0;;) turns = turns + 1;
}

void exhaust_memory() {
  const rlimit limit{kMemoryLimitBytes, kMemoryLimitBytes};
  ::setrlimit(RLIMIT_DATA, &limit);
  while (::mmap(nullptr, kPieceBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
                0) != MAP_FAILED) {
  }
  std::fputs("out of memory\n", stderr);
  die_by<SIGABRT>();
}

using Deed = void (*)();
const std::map<std::string, Deed> kDeeds = {
    {"segv", die_by<SIGSEGV>},
    {"abort", die_by<SIGABRT>},
    {"fpe", die_by<SIGFPE>},
    {"ill", die_by<SIGILL>},
    {"kill", die_by<SIGKILL>},
    {"exit0", exit_early<0>},
    {"exit3", exit_early<3>},
    {"hang", hang},
    {"ignore_term", ignore_term},
    {"stop", stop},
    {"flood", flood},
    {"long_line", long_line},
    {"garbage", garbage},
    {"trickle", trickle},
    {"close_channel", close_channel},
    {"orphan", orphan},
    {"spin", spin},
    {"memory", exhaust_memory},
};

const std::map<std::string, Deed> kLateDeeds = {
    {"late_segv", die_by<SIGSEGV>},
    {"late_hang", ignore_term},
    {"late_exit3", exit_early<3>},
    {"late_orphan", orphan},
};

// ---- lies ------------------------------------------------------------------------------------------

template <typename Body, typename Change>
auto in(Change change) {
  return [change](Reply& reply) {
    if (auto* body = std::get_if<Body>(&reply.body)) change(*body);
  };
}

constexpr std::int64_t kHour_ns = 3'600'000'000'000;

using Lie = std::function<void(Reply&)>;
const std::map<std::string, Lie> kLies = {
    {"nonce", [](Reply& reply) { reply.nonce = "0123456789abcdef0123456789abcdef"; }},
    {"id", [](Reply& reply) { ++reply.id; }},
    {"refuse",
     [](Reply& reply) {
       reply.body = protocol::Failed{"failed", "", "the model has no output"};
     }},
    {"unsupported",
     [](Reply& reply) {
       reply.body = protocol::Failed{"unsupported", "", "no operator Foo"};
     }},
    {"other_type", [](Reply& reply) { reply.body = protocol::LoadReply(); }},
    {"phase", [](Reply& reply) { reply.body = protocol::Phase{"lunch"}; }},
    {"version", in<protocol::HelloReply>([](auto& hello) { hello.protocol = "99.0"; })},
    {"clock", in<protocol::HelloReply>([](auto& hello) { hello.clock_step_ns = kHour_ns; })},
    {"idle", in<protocol::HelloReply>([](auto& hello) { hello.idle = "sleep"; })},
    {"prove", in<protocol::HelloReply>([](auto& hello) { hello.idle = "prove"; })},
    {"prove_and_spin", in<protocol::HelloReply>([](auto& hello) {
       hello.idle = "prove";
       spin();
     })},
    {"alone", in<protocol::HelloReply>([](auto& hello) { hello.idle = "alone"; })},
    {"process", in<protocol::HelloReply>([](auto& hello) { hello.process = ::getppid(); })},
    {"fallback", in<protocol::LoadReply>([](auto& loaded) { loaded.precision = "bfloat16"; })},
    {"load", in<protocol::LoadReply>([](auto& loaded) { loaded.load_ns = kHour_ns; })},
    {"count", in<SampleReply>([](auto& sampled) {
       sampled.durations_ns.pop_back();
       sampled.offsets_ns.pop_back();
     })},
    {"starts", in<SampleReply>([](auto& sampled) { sampled.offsets_ns.pop_back(); })},
    {"runs", in<SampleReply>([](auto& sampled) { sampled.runs_per_sample += 9; })},
    {"zero", in<SampleReply>([](auto& sampled) { sampled.durations_ns.back() = 0; })},
    {"negative", in<SampleReply>([](auto& sampled) { sampled.durations_ns.front() = -5; })},
    {"huge", in<SampleReply>([](auto& sampled) { sampled.durations_ns.front() = INT64_MAX; })},
    {"counter", in<SampleReply>([](auto& sampled) { sampled.cpu_ns = -1; })},
    {"order",
     in<SampleReply>([](auto& sampled) { std::swap(sampled.offsets_ns[1], sampled.offsets_ns[2]); })},
    {"early", in<SampleReply>([](auto& sampled) { sampled.begin_ns -= kHour_ns; })},
    {"future", in<SampleReply>([](auto& sampled) { sampled.begin_ns += kHour_ns; })},
    {"received", in<SampleReply>([](auto& sampled) { sampled.received_ns -= kHour_ns; })},
    {"sum", in<SampleReply>([](auto& sampled) { sampled.wall_ns = sampled.durations_ns.front(); })},
    {"wall", in<SampleReply>([](auto& sampled) { sampled.wall_ns += kHour_ns; })},
    {"constant", in<SampleReply>([](auto& sampled) {
       for (auto& duration_ns : sampled.durations_ns) duration_ns = 15'000;
     })},
    {"discard", in<SampleReply>([](auto& sampled) { sampled.discarded_runs = 0; })},
};

// ---- slips of the tongue ---------------------------------------------------------------------------

using Slip = void (*)(std::string&);
const std::map<std::string, Slip> kSlips = {
    {"half",
     [](std::string& line) {
       write_bytes(protocol::kReplyDescriptor, std::string_view(line).substr(0, 40));
       ::_exit(0);
     }},
    {"type",
     [](std::string& line) {
       const auto at = line.find("\"type\":\"") + 8;
       line.replace(at, line.find('"', at) - at, "strange");
     }},
    {"field", [](std::string& line) { line.replace(line.find("\"nonce\""), 7, "\"other\""); }},
    {"twice", [](std::string& line) { line += line; }},
};

template <typename Table, typename... Arguments>
void look_up_and_call(const Table& table, const std::string& fault, Arguments&... arguments) {
  if (const auto found = table.find(fault); found != table.end()) found->second(arguments...);
}

}  // namespace

std::set<std::string> known_faults() {
  std::set<std::string> names = {"", "nan", "constant_outputs", "heartbeat"};
  for (const auto& [name, deed] : kDeeds) names.insert(name);
  for (const auto& [name, deed] : kLateDeeds) names.insert(name);
  for (const auto& [name, lie] : kLies) names.insert(name);
  for (const auto& [name, slip] : kSlips) names.insert(name);
  return names;
}

void do_deed(const std::string& fault) { look_up_and_call(kDeeds, fault); }
void do_late_deed(const std::string& fault) { look_up_and_call(kLateDeeds, fault); }
void tell_lie(const std::string& fault, Reply& reply) { look_up_and_call(kLies, fault, reply); }
void spoil_line(const std::string& fault, std::string& line) { look_up_and_call(kSlips, fault, line); }

}  // namespace inferometer::fakes
