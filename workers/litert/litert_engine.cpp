#include "litert/litert_engine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "sdk/cpp/checks.h"
#include "sdk/cpp/counters.h"
#include "sdk/cpp/options.h"

namespace inferometer::worker::litert {
namespace {

constexpr const char* kKernels = "kernels";

}  // namespace

protocol::Description description() {
  protocol::Description description;
  description.engine = "litert";
  description.summary = "LiteRT (TensorFlow Lite), CPU";
  description.package = "litert";
  description.library = "ai_edge_litert/libLiteRt.so";
  description.formats = {"tflite"};
  description.options = {choice_option(
      kKernels, {"xnnpack", "builtin"},
      "xnnpack: its delegate takes the operators it knows; builtin: LiteRT's own kernels for all")};
  description.reference_for = {{"tflite", {{kKernels, "builtin"}}}};
  return description;
}

LiteRtEngine::~LiteRtEngine() { LiteRtEngine::release(); }

void LiteRtEngine::open(const std::string& library, protocol::HelloReply& hello) {
  api_ = std::make_unique<Api>(library);
  hello.engine_version = version_of(library);
  hello.library_path = library;
  hello.shapes = "static";
}

protocol::LoadReply LiteRtEngine::load(const protocol::Load& request,
                                       const std::function<void(const std::string&)>& announce) {
  const auto& part = only_part(request);
  // LiteRT follows the offsets of a file without a look: one that is cut ends the process. Before the first
  // phase, because it is no work of the engine.
  const auto file = formats::read_tflite(part.file);

  announce("load");
  read_model(request);

  announce("compile");
  const std::int64_t threads_before = thread_count();
  compile(part, file);

  protocol::LoadReply reply;
  reply.device = "cpu";
  reply.precision = "float32";
  // LiteRT reports no thread count; the calling thread works beside the pool that compiling made.
  reply.threads = static_cast<int>(1 + thread_count() - threads_before);
  reply.options = request.options;
  auto& loaded = reply.parts.emplace_back(protocol::LoadedPart{part.name, {}, {}});
  for (const auto& port : ports_.inputs) loaded.inputs.push_back(describe("input", port));
  for (const auto& port : ports_.outputs) loaded.outputs.push_back(describe("output", port));
  return reply;
}

void LiteRtEngine::read_model(const protocol::Load& request) {
  Environment* environment = nullptr;
  api_->check(api_->create_environment(0, nullptr, &environment), "CreateEnvironment");
  environment_ = {environment, api_->destroy_environment};
  Model* model = nullptr;
  api_->check(api_->create_model(environment, only_part(request).file.c_str(), &model),
              "CreateModelFromFile");
  model_ = {model, api_->destroy_model};

  Options* options = nullptr;
  api_->check(api_->create_options(&options), "CreateOptions");
  options_ = {options, api_->destroy_options};
  api_->check(api_->set_accelerators(options, kAcceleratorCpu), "SetOptionsHardwareAccelerators");
  // Unknown keys and values are taken without a word: nothing of the user's is here unchecked.
  const std::string text = "num_threads = " + std::to_string(request.threads) + "\nkernel_mode = \"" +
                           request.options.at(kKernels) + "\"\n";
  OpaqueOptions* cpu = nullptr;
  api_->check(api_->create_opaque_options("xnnpack", ::strdup(text.c_str()), std::free, &cpu),
              "CreateOpaqueOptions");
  api_->check(api_->add_opaque_options(options, cpu), "AddOpaqueOptions");
}

void LiteRtEngine::compile(const protocol::LoadPart& part, const formats::TfliteModel& file) {
  CompiledModel* compiled = nullptr;
  api_->check(api_->create_compiled_model(environment_.get(), model_.get(), options_.get(), &compiled),
              "CreateCompiledModel");
  compiled_ = {compiled, api_->destroy_compiled_model};
  ports_ = ports_of(*api_, model_.get(), file.signature.key);
  close_shapes(part, file);
  // Allocates the tensors, which the first run would do otherwise, and finds what cannot be run.
  std::vector<Layout> layouts(ports_.outputs.size());
  api_->check(
      api_->output_layouts(compiled, ports_.signature, layouts.size(), layouts.data(), /*allocate=*/true),
      "GetCompiledModelOutputTensorLayouts");
  for (std::size_t i = 0; i < layouts.size(); ++i) ports_.outputs[i].type.layout = layouts[i];
}

void LiteRtEngine::close_shapes(const protocol::LoadPart& part, const formats::TfliteModel& file) {
  const auto& tensors = file.graphs.at(static_cast<std::size_t>(file.signature.graph)).tensors;
  for (const auto& input : file.signature.inputs) {
    const auto& open = tensors.at(static_cast<std::size_t>(input.tensor)).shape;
    if (std::none_of(open.begin(), open.end(), [](std::int64_t size) { return size < 0; })) continue;
    const auto& shape = workload_shape(part, {input.name, "", open});
    if (shape.size() > kMaxRank) throw EngineError("input '" + input.name + "' has too many dimensions");
    const auto port = std::find_if(ports_.inputs.begin(), ports_.inputs.end(),
                                   [&](const Port& each) { return each.name == input.name; });
    INFEROMETER_CHECK(port != ports_.inputs.end(), input.name);
    Layout& layout = port->type.layout;
    layout.rank = static_cast<unsigned>(shape.size()) & 0x7f;
    std::transform(shape.begin(), shape.end(), layout.dimensions,
                   [](std::int64_t size) { return static_cast<std::int32_t>(size); });
    api_->check(api_->resize_input(compiled_.get(), ports_.signature,
                                   static_cast<std::size_t>(port - ports_.inputs.begin()), layout.dimensions,
                                   shape.size()),
                "CompiledModelResizeInputTensor");
  }
}

TensorBuffer* LiteRtEngine::add_buffer(BoundSet& set, const Port& port,
                                       BufferRequirements* requirements) const {
  TensorBuffer* buffer = nullptr;
  api_->check(api_->create_buffer(environment_.get(), &port.type, requirements, &buffer),
              "CreateManagedTensorBufferFromRequirements");
  set.owned.emplace_back(buffer, api_->destroy_buffer);
  return buffer;
}

void LiteRtEngine::bind(std::size_t, int set, std::vector<tensors::Tensor> inputs) {
  BoundSet bound;
  BufferRequirements* requirements = nullptr;
  for (std::size_t i = 0; i < ports_.inputs.size(); ++i) {
    const auto& port = ports_.inputs[i];
    api_->check(api_->input_requirements(compiled_.get(), ports_.signature, i, &requirements),
                "GetCompiledModelInputBufferRequirements");
    bound.inputs.push_back(add_buffer(bound, port, requirements));
    const auto tensor = std::find_if(inputs.begin(), inputs.end(),
                                     [&](const tensors::Tensor& each) { return each.name() == port.name; });
    INFEROMETER_CHECK(tensor != inputs.end(), port.name);
    fill(*api_, bound.inputs.back(), *tensor);
  }
  for (std::size_t i = 0; i < ports_.outputs.size(); ++i) {
    api_->check(api_->output_requirements(compiled_.get(), ports_.signature, i, &requirements),
                "GetCompiledModelOutputBufferRequirements");
    bound.outputs.push_back(add_buffer(bound, ports_.outputs[i], requirements));
  }
  current_ = nullptr;
  sets_.insert_or_assign(set, std::move(bound));
}

void LiteRtEngine::select(std::size_t, int set) {
  const auto found = sets_.find(set);
  if (found == sets_.end()) throw EngineError("input set " + std::to_string(set) + " is not bound");
  current_ = &found->second;
}

void LiteRtEngine::run() {
  const Status status =
      api_->run(compiled_.get(), ports_.signature, current_->inputs.size(), current_->inputs.data(),
                current_->outputs.size(), current_->outputs.data());
  if (status != kOk) [[unlikely]]
    Api::fail(status, "RunCompiledModel");
}

std::vector<tensors::Tensor> LiteRtEngine::outputs() {
  INFEROMETER_CHECK(current_ != nullptr, "outputs before a run");
  std::vector<tensors::Tensor> copies;
  for (std::size_t i = 0; i < ports_.outputs.size(); ++i)
    copies.push_back(copy_of(*api_, current_->outputs[i], ports_.outputs[i]));
  return copies;
}

void LiteRtEngine::release() {
  current_ = nullptr;
  sets_.clear();
  ports_ = {};
  compiled_.reset();
  options_.reset();
  model_.reset();
  environment_.reset();
}

}  // namespace inferometer::worker::litert
