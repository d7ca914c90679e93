// A plain timing loop and our worker's loop alternating on one loaded ONNX Runtime session: whatever differs
// is ours. One JSON line per pair on stdout (medians of a block, in ns); bench/summarise.py gives the
// interval.
#include <fmt/format.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "onnxruntime/onnxruntime_engine.h"
#include "sdk/cpp/checks.h"
#include "sdk/cpp/sampling.h"
#include "statistics/moments.h"
#include "tensors/safetensors.h"

namespace {

using namespace inferometer;

struct Arguments {
  std::string library;
  std::string model;
  std::string inputs;  ///< safetensors
  int threads = 1;
  int pairs = 400;
  int first_pair = 0;  ///< seeds the order, so that a later day goes on and does not repeat
  int runs = 4;
  int discard = 5;
};

double plain_block(worker::Engine& engine, const Arguments& arguments) {
  for (int run = 0; run < arguments.discard; ++run) engine.run();
  std::vector<double> durations;
  for (int run = 0; run < arguments.runs; ++run) {
    timespec begin{}, end{};
    ::clock_gettime(CLOCK_MONOTONIC, &begin);
    engine.run();
    ::clock_gettime(CLOCK_MONOTONIC, &end);
    durations.push_back(static_cast<double>(end.tv_sec - begin.tv_sec) * 1e9 +
                        static_cast<double>(end.tv_nsec - begin.tv_nsec));
  }
  return statistics::median(durations);
}

double our_block(worker::Sampler& sampler, worker::Engine& engine, const Arguments& arguments) {
  protocol::Sample request;
  request.sets = {0};
  request.discard_runs = arguments.discard;
  request.samples = arguments.runs;
  const auto reply = sampler.sample(engine, 0, request, base::monotonic_ns());
  return statistics::median(std::vector<double>(reply.durations_ns.begin(), reply.durations_ns.end()));
}

void compare(const Arguments& arguments) {
  worker::onnxruntime::OnnxRuntimeEngine engine;
  protocol::HelloReply hello;
  engine.open(arguments.library, hello);
  protocol::Load load;
  load.parts = {{"model", arguments.model, {}}};
  load.format = "onnx";
  load.threads = arguments.threads;
  load.options = worker::complete_options(worker::onnxruntime::description().options, {});
  engine.load(load, [](const std::string&) {});
  engine.bind(0, 0, tensors::read_safetensors(arguments.inputs));
  engine.select(0, 0);
  worker::Sampler sampler(base::monotonic_ns);
  base::Random order(static_cast<std::uint64_t>(arguments.first_pair), "plain loop");
  for (int run = 0; run < 30; ++run) engine.run();
  for (int pair = arguments.first_pair; pair < arguments.first_pair + arguments.pairs; ++pair) {
    const bool ours_first = order.below(2) == 0;
    const double first = ours_first ? our_block(sampler, engine, arguments) : plain_block(engine, arguments);
    const double second = ours_first ? plain_block(engine, arguments) : our_block(sampler, engine, arguments);
    const double ours = ours_first ? first : second;
    const double plain = ours_first ? second : first;
    const std::string version = "onnxruntime " + hello.engine_version;
    std::puts(
        base::to_line({{"engine", version}, {"pair", pair}, {"ours_ns", ours}, {"plain_ns", plain}}).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Our loop against a plain loop on one session");
  Arguments arguments;
  app.add_option("--library", arguments.library, "libonnxruntime.so")->required();
  app.add_option("--model", arguments.model, "ONNX file")->required();
  app.add_option("--inputs", arguments.inputs, "safetensors file with the inputs")->required();
  app.add_option("--threads", arguments.threads, "");
  app.add_option("--pairs", arguments.pairs, "");
  app.add_option("--first-pair", arguments.first_pair, "");
  app.add_option("--runs", arguments.runs, "timed runs of a block");
  CLI11_PARSE(app, argc, argv);
  compare(arguments);
  return 0;
}
