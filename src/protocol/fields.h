// The fields of every message: one list serves both directions. Private to the codec.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "protocol/messages.h"

namespace inferometer::protocol {

/// What a number may be. Replies are bounded by their C++ type alone: a worker that lies about a count or a
/// time must be seen as a liar by the session, not as a broken line.
struct Range {
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
};
constexpr Range kAny{};
constexpr Range kNotNegative{.minimum = 0};
constexpr Range kPositive{.minimum = 1};

template <typename T, typename Message>
concept Is = std::same_as<std::remove_const_t<T>, Message>;

void visit_fields(auto& visit, Is<Hello> auto& hello) { visit("digest", hello.digest); }

void visit_fields(auto& visit, Is<Prepare> auto& prepare) {
  visit("file", prepare.file);
  visit("format", prepare.format);
  visit("device", prepare.device);
  visit("precision", prepare.precision);
  visit("threads", prepare.threads, kPositive);
  visit("options", prepare.options);
  visit("shapes", prepare.shapes);
}

void visit_fields(auto& visit, Is<Bind> auto& bind) {
  visit("set", bind.set, kNotNegative);
  visit("file", bind.file);
}

void visit_fields(auto& visit, Is<Sample> auto& sample) {
  visit("sets", sample.sets, kNotNegative);
  visit("discard_runs", sample.discard_runs, kNotNegative);
  visit("discard_ns", sample.discard_ns, kNotNegative);
  visit("discard_enough_runs", sample.discard_enough_runs, kNotNegative);
  visit("discard_enough_ns", sample.discard_enough_ns, kNotNegative);
  visit("samples", sample.samples, Range{1, kMaxSamples});
  visit("duration_ns", sample.duration_ns, kNotNegative);
  visit("runs_per_sample", sample.runs_per_sample, kPositive);
}

void visit_fields(auto& visit, Is<Outputs> auto& outputs) {
  visit("set", outputs.set, kNotNegative);
  visit("file", outputs.file);
}

void visit_fields(auto&, Is<Release> auto&) {}
void visit_fields(auto&, Is<Close> auto&) {}
void visit_fields(auto&, Is<Done> auto&) {}

void visit_fields(auto& visit, Is<Option> auto& option) {
  visit("name", option.name);
  visit("type", option.type);
  visit("default_value", option.default_value);
  visit("values", option.values);
  visit("minimum", option.minimum);
  visit("maximum", option.maximum);
  visit("help", option.help);
}

void visit_fields(auto& visit, Is<Description> auto& description) {
  visit("protocol", description.protocol);
  visit("engine", description.engine);
  visit("summary", description.summary);
  visit("package", description.package);
  visit("library", description.library);
  visit("formats", description.formats);
  visit("devices", description.devices);
  visit("precisions", description.precisions);
  visit("options", description.options);
  visit("multi_threaded", description.multi_threaded);
  visit("hidden", description.hidden);
}

void visit_fields(auto& visit, Is<HelloReply> auto& hello) {
  visit("protocol", hello.protocol);
  visit("engine", hello.engine);
  visit("engine_version", hello.engine_version);
  visit("library_path", hello.library_path);
  visit("library_sha256", hello.library_sha256);
  visit("devices", hello.devices);
  visit("shapes", hello.shapes);
  visit("pausable", hello.pausable);
  visit("clock", hello.clock);
  visit("clock_step_ns", hello.clock_step_ns);
  visit("process", hello.process);
}

void visit_fields(auto& visit, Is<TensorDescription> auto& tensor) {
  visit("name", tensor.name);
  visit("dtype", tensor.dtype);
  visit("shape", tensor.shape);
}

void visit_fields(auto& visit, Is<PrepareReply> auto& prepared) {
  visit("load_ns", prepared.load_ns);
  visit("compile_ns", prepared.compile_ns);
  visit("device", prepared.device);
  visit("precision", prepared.precision);
  visit("threads", prepared.threads);
  visit("options", prepared.options);
  visit("placement", prepared.placement);
  visit("inputs", prepared.inputs);
  visit("outputs", prepared.outputs);
}

void visit_fields(auto& visit, Is<SampleReply> auto& sampled) {
  visit("received_ns", sampled.received_ns);
  visit("begin_ns", sampled.begin_ns);
  visit("offsets_ns", sampled.offsets_ns);
  visit("durations_ns", sampled.durations_ns);
  visit("runs_per_sample", sampled.runs_per_sample);
  visit("discarded_runs", sampled.discarded_runs);
  visit("discarded_ns", sampled.discarded_ns);
  visit("first_run_ns", sampled.first_run_ns);
  visit("wall_ns", sampled.wall_ns);
  visit("cpu_ns", sampled.cpu_ns);
  visit("run_delay_ns", sampled.run_delay_ns);
  visit("minor_faults", sampled.minor_faults);
  visit("major_faults", sampled.major_faults);
  visit("voluntary_switches", sampled.voluntary_switches);
  visit("involuntary_switches", sampled.involuntary_switches);
  visit("recompilations", sampled.recompilations);
  visit("peak_rss_bytes", sampled.peak_rss_bytes);
  visit("cpu", sampled.cpu);
}

void visit_fields(auto& visit, Is<Failed> auto& failed) {
  visit("kind", failed.kind);
  visit("phase", failed.phase);
  visit("reason", failed.reason);
}

void visit_fields(auto& visit, Is<Phase> auto& phase) { visit("phase", phase.phase); }

}  // namespace inferometer::protocol
