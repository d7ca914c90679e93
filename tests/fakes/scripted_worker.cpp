// A worker without an engine that behaves, or breaks one rule at one point, as a script tells it.
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "protocol/codec.h"
#include "protocol/line_buffer.h"
#include "tensors/safetensors.h"
#include "tests/fakes/faults.h"
#include "tests/fakes/script.h"

namespace inferometer::fakes {
namespace {

using base::monotonic_ns;
using protocol::Reply;

constexpr std::int64_t kWidth = 4;  ///< of the one input x and the one output y, y = 2 x + 1

std::int64_t cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

class ScriptedWorker {
 public:
  explicit ScriptedWorker(Script script) : script_(std::move(script)) {}

  void serve() {
    std::string line;
    while (!closed_ && next_line(line)) {
      request_ = protocol::decode_request(line);
      phase_ = phase_of(request_);
      Reply reply{request_.id, request_.nonce, protocol::Done()};
      reply.body = answer();
      write(std::move(reply));
      strike(do_late_deed);
    }
  }

 private:
  using Body = decltype(Reply::body);

  Body answer() {
    try {
      // A script in the artefact is known from here on, so that it can strike at "load".
      if (const auto* load = std::get_if<protocol::Load>(&request_.body)) {
        script_ = script_from_file(load->parts.at(0).file, script_);
      }
      strike(do_deed);
      return std::visit([&](const auto& body) { return answer_to(body); }, request_.body);
    } catch (const base::UserError& error) {
      return protocol::Failed{"failed", phase_, error.what()};
    }
  }

  bool next_line(std::string& line) {
    while (!lines_.next(line)) {
      char bytes[65536];
      const ssize_t count = ::read(protocol::kCommandDescriptor, bytes, sizeof bytes);
      if (count <= 0) return false;
      lines_.append({bytes, static_cast<std::size_t>(count)});
      received_ns_ = monotonic_ns();
    }
    return true;
  }

  void announce(const std::string& phase) const {
    write_line(protocol::encode(Reply{request_.id, request_.nonce, protocol::Phase{phase}}) + "\n");
  }

  void write(Reply reply) const {
    strike(tell_lie, reply);
    std::string line = protocol::encode(reply) + "\n";
    strike(spoil_line, line);
    write_line(line);
  }

  static void write_line(const std::string& line) {
    if (::write(protocol::kReplyDescriptor, line.data(), line.size()) < 0) ::_exit(4);
  }

  template <typename Fault, typename... Arguments>
  void strike(Fault fault, Arguments&... arguments) const {
    if (script_.phase == phase_) fault(script_.fault, arguments...);
  }

  std::string phase_of(const protocol::Request& request) {
    if (std::holds_alternative<protocol::Sample>(request.body)) return ++samples_ == 1 ? "first_run" : "run";
    static const char* const names[] = {"hello", "load", "bind", "run", "run", "outputs", "release", "close"};
    return names[request.body.index()];
  }

  Body answer_to(const protocol::Hello&) const {
    protocol::HelloReply hello;
    hello.engine = "scripted";
    hello.engine_version = "1";
    hello.devices = {protocol::Device{}};
    hello.process = ::getpid();
    return hello;
  }

  Body answer_to(const protocol::Load& request) {
    announce("load");
    announce("compile");
    phase_ = "compile";
    strike(do_deed);
    while (script_.phase == phase_ && script_.fault == "heartbeat") {
      announce("compile");
      const timespec moment{0, 20'000'000};
      ::nanosleep(&moment, nullptr);
    }
    protocol::LoadReply loaded;
    loaded.load_ns = 1000;
    loaded.compile_ns = 1000;
    loaded.device = request.device;
    loaded.precision = request.precision;
    loaded.threads = request.threads;
    loaded.options = request.options;
    loaded.parts = {{"model", {{"x", "float32", {1, kWidth}}}, {{"y", "float32", {1, kWidth}}}}};
    return loaded;
  }

  Body answer_to(const protocol::Bind& request) {
    for (const tensors::Tensor& tensor : tensors::read_safetensors(request.file)) {
      if (tensor.name() == "x" && tensor.type() == tensors::DType::Float32) {
        const auto values = tensor.values<float>();
        inputs_[request.set].assign(values.begin(), values.end());
        return protocol::Done();
      }
    }
    return protocol::Failed{"failed", "bind", "no float32 input x"};
  }

  Body answer_to(const protocol::Sample& request) const {
    protocol::SampleReply sampled;
    sampled.received_ns = received_ns_;
    sampled.runs_per_sample = request.runs_per_sample;
    const std::int64_t discard_begin_ns = monotonic_ns();
    while (!discarded_enough(request, sampled)) {
      run();
      ++sampled.discarded_runs;
      sampled.discarded_ns = monotonic_ns() - discard_begin_ns;
      if (sampled.discarded_runs == 1) sampled.first_run_ns = sampled.discarded_ns;
    }
    const std::int64_t cpu_begin_ns = cpu_ns();
    sampled.begin_ns = monotonic_ns();
    for (std::int64_t i = 0; i < request.samples; ++i) {
      const std::int64_t begin_ns = i == 0 ? sampled.begin_ns : monotonic_ns();
      if (i > 0 && request.duration_ns > 0 && begin_ns - sampled.begin_ns >= request.duration_ns) break;
      for (std::int64_t r = 0; r < request.runs_per_sample; ++r) run();
      sampled.offsets_ns.push_back(begin_ns - sampled.begin_ns);
      sampled.durations_ns.push_back(monotonic_ns() - begin_ns);
    }
    sampled.wall_ns = monotonic_ns() - sampled.begin_ns;
    sampled.cpu_ns = cpu_ns() - cpu_begin_ns;
    return sampled;
  }

  Body answer_to(const protocol::Generate&) const {
    return protocol::Failed{"unsupported", phase_, "generates nothing"};
  }

  Body answer_to(const protocol::Outputs& request) const {
    std::vector<tensors::Tensor> outputs;
    tensors::Tensor& y = outputs.emplace_back("y", tensors::DType::Float32, tensors::Shape{1, kWidth});
    const auto bound = inputs_.find(request.set);
    if (bound == inputs_.end()) return protocol::Failed{"failed", "outputs", "the input set is not bound"};
    const bool here = script_.phase == "outputs";
    const auto values = y.values<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = here && script_.fault == "constant_outputs" ? 1.0f : 2 * bound->second.at(i) + 1;
    }
    if (here && script_.fault == "nan") values[0] = std::numeric_limits<float>::quiet_NaN();
    tensors::write_safetensors(request.file, outputs);
    return protocol::Done();
  }

  Body answer_to(const protocol::Release&) {
    inputs_.clear();
    return protocol::Done();
  }

  Body answer_to(const protocol::Close&) {
    closed_ = true;
    return protocol::Done();
  }

  static bool discarded_enough(const protocol::Sample& request, const protocol::SampleReply& sampled) {
    return sampled.discarded_runs >= request.discard_runs && sampled.discarded_ns >= request.discard_ns &&
           (sampled.discarded_runs >= request.discard_enough_runs ||
            sampled.discarded_ns >= request.discard_enough_ns);
  }

  void run() const {
    const std::int64_t end_ns = monotonic_ns() + script_.run_ns;
    while (monotonic_ns() < end_ns) {
    }
  }

  Script script_;
  protocol::LineBuffer lines_;
  protocol::Request request_;
  std::string phase_;
  std::int64_t received_ns_ = 0;
  std::map<int, std::vector<float>> inputs_;
  int samples_ = 0;
  bool closed_ = false;
};

int describe() {
  protocol::Description description;
  description.engine = "scripted";
  description.summary = "A worker of the tests, which breaks a rule on request";
  description.formats = {"null"};
  description.hidden = true;
  std::puts(protocol::encode(description).c_str());
  return 0;
}

}  // namespace
}  // namespace inferometer::fakes

int main(int argc, char** argv) {
  using namespace inferometer;
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 1 && arguments[0] == "--describe") return fakes::describe();
    const bool scripted = arguments.size() == 2 && arguments[0] == "--library";
    fakes::ScriptedWorker(scripted ? fakes::script_from_words(arguments[1]) : fakes::Script()).serve();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return base::kExitUsage;
  }
}
