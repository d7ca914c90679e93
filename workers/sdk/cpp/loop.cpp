#include "sdk/cpp/loop.h"

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <new>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "sdk/cpp/checks.h"
#include "sdk/cpp/counters.h"
#include "tensors/safetensors.h"

namespace inferometer::worker {
namespace {

/// Engines put whole graphs into their messages.
constexpr std::size_t kMaxReasonBytes = 4096;

const char* first_phase(const protocol::Hello&) { return "start"; }
const char* first_phase(const protocol::Load&) { return "load"; }
const char* first_phase(const protocol::Bind&) { return "bind"; }
const char* first_phase(const protocol::Sample&) { return "run"; }
const char* first_phase(const protocol::Generate&) { return "run"; }
const char* first_phase(const protocol::Outputs&) { return "outputs"; }
const char* first_phase(const protocol::Release&) { return "teardown"; }
const char* first_phase(const protocol::Close&) { return "teardown"; }

}  // namespace

Loop::Loop(Served served, Channel& channel)
    : description_(served.description),
      engine_(std::move(served.engine)),
      library_(std::move(served.library)),
      now_(served.now),
      channel_(channel),
      sampler_(served.now) {}

Loop::End Loop::run() {
  try {
    while (!closed_) {
      const auto line = channel_.read();
      if (!line) return End::StreamEnded;
      received_ns_ = line->received_ns;
      const protocol::Request request = protocol::decode_request(line->text);
      request_ = &request;
      channel_.write({request.id, request.nonce, answer(request)});
      request_ = nullptr;
    }
  } catch (const Channel::StreamEnded&) {
    return End::StreamEnded;
  }
  return End::Closed;
}

Loop::Body Loop::answer(const protocol::Request& request) {
  phase_ = std::visit([](const auto& body) { return first_phase(body); }, request.body);
  const auto failed = [&](std::string_view reason, bool unsupported = false) {
    return protocol::Failed{unsupported ? "unsupported" : "failed", phase_,
                            std::string(reason.substr(0, kMaxReasonBytes))};
  };
  try {
    return std::visit([&](const auto& body) { return answer_to(body); }, request.body);
  } catch (const Channel::StreamEnded&) {
    throw;
  } catch (const EngineError& error) {
    return failed(error.what(), error.unsupported());
  } catch (const std::bad_alloc&) {
    return failed("out of memory (engine report)");
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("the engine threw something that is no std::exception");
  }
}

Loop::Body Loop::answer_to(const protocol::Hello& request) {
  if (opened_) throw EngineError("hello was said already");
  protocol::HelloReply hello;
  hello.devices = description_.devices;
  engine_->open(library_, hello);
  description_.devices = hello.devices;
  hello.engine = description_.engine;
  hello.clock_step_ns = clock_step_ns(base::monotonic_ns);
  hello.process = ::getpid();
  if (request.digest && !hello.library_path.empty()) {
    hello.library_sha256 = base::sha256_of_file(hello.library_path);
  }
  opened_ = true;
  return hello;
}

Loop::Body Loop::answer_to(const protocol::Load& request) {
  if (!opened_) throw EngineError("hello comes first");
  if (!parts_.empty()) throw EngineError("a model is loaded already: release it first");
  check_load(description_, request);
  protocol::Load completed = request;
  completed.options = complete_options(description_.options, request.options);

  std::map<std::string, std::int64_t> begin_ns;
  try {
    protocol::LoadReply loaded = engine_->load(completed, [&](const std::string& phase) {
      announce(phase);
      begin_ns.emplace(phase, now_());
    });
    const std::int64_t end_ns = now_();
    const auto compile = begin_ns.find("compile");
    const std::int64_t loaded_ns = compile == begin_ns.end() ? end_ns : compile->second;
    if (const auto load = begin_ns.find("load"); load != begin_ns.end())
      loaded.load_ns = loaded_ns - load->second;
    loaded.compile_ns = end_ns - loaded_ns;
    parts_ = loaded.parts;
    return loaded;
  } catch (const Channel::StreamEnded&) {
    throw;
  } catch (...) {
    engine_->release();
    throw;
  }
}

Loop::Body Loop::answer_to(const protocol::Bind& request) {
  const auto part = part_named(request.part);
  std::vector<tensors::Tensor> inputs = tensors::read_safetensors(request.file);
  check_inputs(parts_[part].inputs, inputs);
  bound_.erase({part, request.set});
  engine_->bind(part, request.set, std::move(inputs));
  bound_.insert({part, request.set});
  return protocol::Done();
}

Loop::Body Loop::answer_to(const protocol::Sample& request) {
  return sampler_.sample(*engine_, require_ready(request), request, received_ns_);
}

Loop::Body Loop::answer_to(const protocol::Generate& request) {
  return sampler_.generate(*engine_, require_ready(request), request, received_ns_);
}

Loop::Body Loop::answer_to(const protocol::Outputs& request) {
  const auto part = part_named(request.part);
  require_bound(part, request.set);
  engine_->select(part, request.set);
  engine_->run();
  const std::vector<tensors::Tensor> outputs = engine_->outputs();
  tensors::write_safetensors(request.file, outputs);
  return protocol::Done();
}

Loop::Body Loop::answer_to(const protocol::Release&) {
  release();
  return protocol::Done();
}

Loop::Body Loop::answer_to(const protocol::Close&) {
  if (!parts_.empty()) release();
  engine_.reset();
  closed_ = true;
  return protocol::Done();
}

void Loop::announce(const std::string& phase) {
  phase_ = phase;
  channel_.write({request_->id, request_->nonce, protocol::Phase{phase}});
}

std::size_t Loop::part_named(const std::string& name) const {
  if (parts_.empty()) throw EngineError("no model is loaded");
  std::vector<std::string> names;
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    if (parts_[part].name == name) return part;
    names.push_back(parts_[part].name);
  }
  throw EngineError(base::unknown_word("part", name, names));
}

void Loop::require_bound(std::size_t part, int set) const {
  if (bound_.contains({part, set})) return;
  throw EngineError(fmt::format("input set {} of part '{}' is not bound", set, parts_[part].name));
}

std::size_t Loop::require_ready(const protocol::Sample& request) const {
  const auto part = part_named(request.part);
  if (request.sets.empty()) throw EngineError("the request names no input set");
  for (const int set : request.sets) require_bound(part, set);
  return part;
}

void Loop::release() {
  parts_.clear();
  bound_.clear();
  engine_->release();
}

}  // namespace inferometer::worker
