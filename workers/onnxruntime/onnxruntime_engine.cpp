#include "onnxruntime/onnxruntime_engine.h"

#include <utility>

#include "base/error.h"
#include "sdk/cpp/checks.h"
#include "sdk/cpp/counters.h"
#include "sdk/cpp/options.h"

namespace inferometer::worker::onnxruntime {
namespace {

constexpr const char* kGraphOptimization = "graph_optimization";
constexpr const char* kSpinning = "spinning";

const std::map<std::string, int> kOptimizationLevels = {
    {"disabled", 0}, {"basic", 1}, {"extended", 2}, {"all", 99}};

Owned<SessionOptions> session_options(const Library& library, const protocol::Load& request) {
  auto made = library.create(kCreateSessionOptions, kReleaseSessionOptions);
  library.call(kSetIntraOpNumThreads, made.get(), request.threads);
  library.call(kSetInterOpNumThreads, made.get(), 1);
  library.call(kSetSessionExecutionMode, made.get(), kExecutionSequential);
  library.call(kSetSessionGraphOptimizationLevel, made.get(),
               kOptimizationLevels.at(request.options.at(kGraphOptimization)));
  library.call(kAddSessionConfigEntry, made.get(), "session.intra_op.allow_spinning",
               request.options.at(kSpinning).c_str());
  return made;
}

}  // namespace

protocol::Description description() {
  protocol::Description description;
  description.engine = "onnxruntime";
  description.summary = "ONNX Runtime, CPU execution provider";
  description.package = "onnxruntime";
  description.library = "onnxruntime/capi/libonnxruntime.so.*";
  description.formats = {"onnx"};
  description.options = {
      choice_option(kGraphOptimization, {"all", "extended", "basic", "disabled"},
                    "how far the graph is rewritten before it runs"),
      boolean_option(kSpinning, true,
                     "whether idle threads of the pool spin; they then burn CPU between requests"),
  };
  // Nothing is fused: the order of the summation is that of the graph.
  description.reference_for = {{"onnx", {{kGraphOptimization, "disabled"}}}};
  return description;
}

OnnxRuntimeEngine::~OnnxRuntimeEngine() { OnnxRuntimeEngine::release(); }

void OnnxRuntimeEngine::open(const std::string& library, protocol::HelloReply& hello) {
  library_ = std::make_unique<Library>(library);
  run_with_binding_ = library_->function(kRunWithBinding);
  hello.engine_version = library_->version();
  hello.library_path = library;
  hello.shapes = "dynamic";
}

protocol::LoadReply OnnxRuntimeEngine::load(const protocol::Load& request,
                                            const std::function<void(const std::string&)>& announce) {
  const auto& part = only_part(request);
  announce("load");
  env_ = library_->create(kCreateEnv, kReleaseEnv, kLogWarning, "inferometer");
  library_->call(kDisableTelemetryEvents, env_.get());
  memory_ = library_->create(kCreateCpuMemoryInfo, kReleaseMemoryInfo, kDeviceAllocator, kMemoryDefault);
  run_options_ = library_->create(kCreateRunOptions, kReleaseRunOptions);
  const auto options = session_options(*library_, request);

  announce("compile");
  const std::int64_t threads_before = thread_count();
  session_ = library_->create(kCreateSession, kReleaseSession, env_.get(), part.file.c_str(), options.get());
  // ONNX Runtime reports no thread count; the calling thread works beside the pool that the session made.
  const std::int64_t threads = 1 + thread_count() - threads_before;
  signature_ = signature_of(*library_, session_.get());

  protocol::LoadReply reply;
  reply.device = "cpu";
  reply.precision = "float32";
  reply.threads = static_cast<int>(threads);
  reply.options = request.options;
  reply.parts = {{part.name, signature_.inputs, signature_.outputs}};
  return reply;
}

void OnnxRuntimeEngine::bind(std::size_t, int set, std::vector<tensors::Tensor> inputs) {
  BoundSet bound;
  bound.inputs = std::move(inputs);
  bound.binding = library_->create(kCreateIoBinding, kReleaseIoBinding, session_.get());
  for (auto& input : bound.inputs) {
    bound.values.push_back(view_of(*library_, memory_.get(), input));
    library_->call(kBindInput, bound.binding.get(), input.name().c_str(), bound.values.back().get());
  }
  bind_outputs(bound.binding.get());
  current_ = nullptr;
  sets_.insert_or_assign(set, std::move(bound));
}

void OnnxRuntimeEngine::select(std::size_t, int set) {
  const auto found = sets_.find(set);
  if (found == sets_.end()) throw EngineError("input set " + std::to_string(set) + " is not bound");
  current_ = &found->second;
}

void OnnxRuntimeEngine::run() {
  if (current_->fresh_outputs) [[unlikely]]
    bind_outputs(current_->binding.get());
  Status* const refusal = run_with_binding_(session_.get(), run_options_.get(), current_->binding.get());
  if (refusal != nullptr) [[unlikely]]
    run_with_fresh_outputs(refusal);
}

std::vector<tensors::Tensor> OnnxRuntimeEngine::outputs() {
  INFEROMETER_CHECK(current_ != nullptr, "outputs before a run");
  Allocator* allocator = nullptr;
  library_->call(kGetAllocatorWithDefaultOptions, &allocator);
  Value** values = nullptr;
  std::size_t count = 0;
  library_->call(kGetBoundOutputValues, current_->binding.get(), allocator, &values, &count);
  std::vector<Owned<Value>> owned;
  for (std::size_t i = 0; i < count; ++i) owned.emplace_back(values[i], library_->function(kReleaseValue));
  library_->call(kAllocatorFree, allocator, static_cast<void*>(values));
  std::vector<tensors::Tensor> copies;
  for (std::size_t i = 0; i < count; ++i) {
    copies.push_back(copy_of(*library_, owned[i].get(), signature_.outputs[i].name));
  }
  return copies;
}

void OnnxRuntimeEngine::release() {
  current_ = nullptr;
  sets_.clear();
  signature_ = {};
  session_.reset();
  run_options_.reset();
  memory_.reset();
  env_.reset();
}

void OnnxRuntimeEngine::bind_outputs(IoBinding* binding) const {
  library_->function(kClearBoundOutputs)(binding);
  for (const auto& output : signature_.outputs) {
    library_->call(kBindOutputToDevice, binding, output.name.c_str(), memory_.get());
  }
}

/// A model whose output shapes change while its inputs do not is refused its old outputs. Once that is seen,
/// the set gets new ones for every run.
void OnnxRuntimeEngine::run_with_fresh_outputs(Status* refusal) {
  if (current_->fresh_outputs) library_->fail(kRunWithBinding.name, refusal);
  library_->function(kReleaseStatus)(refusal);
  current_->fresh_outputs = true;
  bind_outputs(current_->binding.get());
  library_->call(kRunWithBinding, session_.get(), run_options_.get(), current_->binding.get());
}

}  // namespace inferometer::worker::onnxruntime
