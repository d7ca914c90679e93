// The fields of requests. Private to the codec.
#pragma once

#include "protocol/field_range.h"
#include "protocol/requests.h"

namespace inferometer::protocol {

void visit_fields(auto& visit, Is<Hello> auto& hello) { visit("digest", hello.digest); }

void visit_fields(auto& visit, Is<LoadPart> auto& part) {
  visit("name", part.name);
  visit("file", part.file);
  visit("shapes", part.shapes);
}

void visit_fields(auto& visit, Is<Load> auto& load) {
  visit("parts", load.parts);
  visit("format", load.format);
  visit("device", load.device);
  visit("precision", load.precision);
  visit("threads", load.threads, kPositive);
  visit("options", load.options);
}

void visit_fields(auto& visit, Is<Bind> auto& bind) {
  visit("part", bind.part);
  visit("set", bind.set, kNotNegative);
  visit("file", bind.file);
}

void visit_sampling(auto& visit, auto& sample) {
  visit("part", sample.part);
  visit("sets", sample.sets, kNotNegative);
  visit("discard_runs", sample.discard_runs, kNotNegative);
  visit("discard_ns", sample.discard_ns, kNotNegative);
  visit("discard_enough_runs", sample.discard_enough_runs, kNotNegative);
  visit("discard_enough_ns", sample.discard_enough_ns, kNotNegative);
  visit("samples", sample.samples, Range{1, kMaxSamples});
  visit("duration_ns", sample.duration_ns, kNotNegative);
  visit("runs_per_sample", sample.runs_per_sample, kPositive);
}

void visit_fields(auto& visit, Is<Sample> auto& sample) { visit_sampling(visit, sample); }

void visit_fields(auto& visit, Is<Generate> auto& generate) {
  visit_sampling(visit, generate);
  visit("new_tokens", generate.new_tokens, Range{1, kMaxTokens});
}

void visit_fields(auto& visit, Is<Outputs> auto& outputs) {
  visit("part", outputs.part);
  visit("set", outputs.set, kNotNegative);
  visit("file", outputs.file);
}

void visit_fields(auto&, Is<Release> auto&) {}
void visit_fields(auto&, Is<Close> auto&) {}

}  // namespace inferometer::protocol
