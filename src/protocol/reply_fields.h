// The fields of replies and of the description. Private to the codec.
#pragma once

#include "protocol/field_range.h"
#include "protocol/replies.h"

namespace inferometer::protocol {

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

void visit_fields(auto& visit, Is<Device> auto& device) {
  visit("id", device.id);
  visit("kind", device.kind);
  visit("name", device.name);
  visit("memory_bytes", device.memory_bytes);
  visit("driver", device.driver);
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
  visit("scenarios", description.scenarios);
  visit("options", description.options);
  visit("reference_for", description.reference_for);
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
  visit("idle", hello.idle);
  visit("clock", hello.clock);
  visit("clock_step_ns", hello.clock_step_ns);
  visit("process", hello.process);
}

void visit_fields(auto& visit, Is<TensorDescription> auto& tensor) {
  visit("name", tensor.name);
  visit("dtype", tensor.dtype);
  visit("shape", tensor.shape);
}

void visit_fields(auto& visit, Is<LoadedPart> auto& part) {
  visit("name", part.name);
  visit("inputs", part.inputs);
  visit("outputs", part.outputs);
}

void visit_fields(auto& visit, Is<LoadReply> auto& loaded) {
  visit("load_ns", loaded.load_ns);
  visit("compile_ns", loaded.compile_ns);
  visit("device", loaded.device);
  visit("precision", loaded.precision);
  visit("threads", loaded.threads);
  visit("options", loaded.options);
  visit("placement", loaded.placement);
  visit("parts", loaded.parts);
}

void visit_sampled(auto& visit, auto& sampled) {
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

void visit_fields(auto& visit, Is<SampleReply> auto& sampled) { visit_sampled(visit, sampled); }

void visit_fields(auto& visit, Is<GenerateReply> auto& generated) {
  visit_sampled(visit, generated);
  visit("rows", generated.rows);
  visit("token_times_ns", generated.token_times_ns);
  visit("tokens", generated.tokens);
}

void visit_fields(auto& visit, Is<Failed> auto& failed) {
  visit("kind", failed.kind);
  visit("phase", failed.phase);
  visit("reason", failed.reason);
}

void visit_fields(auto& visit, Is<Phase> auto& phase) { visit("phase", phase.phase); }

}  // namespace inferometer::protocol
