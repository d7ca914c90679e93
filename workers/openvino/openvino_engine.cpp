#include "openvino/openvino_engine.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "sdk/cpp/checks.h"
#include "sdk/cpp/options.h"

namespace inferometer::worker::openvino {
namespace {

constexpr const char* kShapes = "shapes";
constexpr const char* kHint = "hint";

struct PrecisionName {
  const char* ours;
  const char* theirs;
};
constexpr PrecisionName kPrecisions[] = {{"float32", "f32"}, {"bfloat16", "bf16"}, {"float16", "f16"}};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

const char* precision_hint(const std::string& precision) {
  for (const auto& name : kPrecisions) {
    if (precision == name.ours) return name.theirs;
  }
  throw EngineError("precision '" + precision + "' is unknown to OpenVINO", /*unsupported=*/true);
}

/// What OpenVINO says, in our words; a word of its own ("dynamic") stays.
std::string precision_of(const std::string& hint) {
  for (const auto& name : kPrecisions) {
    if (hint == name.theirs) return name.ours;
  }
  return hint;
}

/// "2026.4.1" of "2026.4.1-22982-5df7d1dc5b0-releases/2026/4".
std::string version_of(const Api& api) {
  Version version{};
  api.check(api.get_version(&version), "get_openvino_version");
  const std::string build = version.build_number;
  api.version_free(&version);
  return build.substr(0, build.find('-'));
}

/// Only the shapes: reshaping may give a port further names, as compiling may.
void take_shapes(std::vector<protocol::TensorDescription>& to,
                 const std::vector<protocol::TensorDescription>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i].shape = from[i].shape;
}

}  // namespace

protocol::Description description() {
  protocol::Description description;
  description.engine = "openvino";
  description.summary = "OpenVINO, CPU plugin";
  description.package = "openvino";
  description.library = "openvino/libs/libopenvino_c.so.*";
  description.formats = {"onnx"};
  description.precisions = {"float32", "bfloat16", "float16"};
  description.options = {
      choice_option(kShapes, {"dynamic", "static"},
                    "static: the model is compiled for the shapes of the workload alone"),
      choice_option(kHint, {"latency", "throughput"}, "what the plugin tunes for; one stream in both cases"),
  };
  return description;
}

OpenVinoEngine::~OpenVinoEngine() { OpenVinoEngine::release(); }

void OpenVinoEngine::open(const std::string& library, protocol::HelloReply& hello) {
  api_ = std::make_unique<Api>(library);
  check_element_types(*api_);
  infer_ = api_->infer_request_infer;
  hello.engine_version = version_of(*api_);
  hello.library_path = library;
  hello.shapes = "dynamic";
}

protocol::LoadReply OpenVinoEngine::load(const protocol::Load& request,
                                         const std::function<void(const std::string&)>& announce) {
  const auto& part = only_part(request);
  announce("load");
  Core* core = nullptr;
  api_->check(api_->core_create(&core), "core_create");
  core_ = {core, api_->core_free};
  Model* model = nullptr;
  api_->check(api_->core_read_model(core, part.file.c_str(), nullptr, &model), "core_read_model");
  model_ = {model, api_->model_free};
  signature_ = signature_of(*api_, model);

  announce("compile");
  if (request.options.at(kShapes) == "static") reshape(part);
  compile(request);
  InferRequest* infer_request = nullptr;
  api_->check(api_->compiled_model_create_infer_request(compiled_.get(), &infer_request),
              "compiled_model_create_infer_request");
  request_ = {infer_request, api_->infer_request_free};
  return read_back(request);
}

void OpenVinoEngine::bind(std::size_t, int set, std::vector<tensors::Tensor> inputs) {
  std::vector<BoundInput> bound;
  for (auto& input : inputs) {
    const std::size_t index = input_index(input.name());
    auto view = view_of(*api_, input);
    bound.push_back({std::move(input), std::move(view), index});
  }
  sets_.insert_or_assign(set, std::move(bound));
}

void OpenVinoEngine::select(std::size_t, int set) {
  const auto found = sets_.find(set);
  INFEROMETER_CHECK(found != sets_.end(), std::to_string(set));
  for (const auto& input : found->second) {
    api_->check(api_->infer_request_set_input(request_.get(), input.index, input.view.get()),
                "infer_request_set_input_tensor_by_index");
  }
}

void OpenVinoEngine::run() {
  const Status status = infer_(request_.get());
  if (status != kOk) [[unlikely]]
    api_->fail(status, "infer_request_infer");
}

std::vector<tensors::Tensor> OpenVinoEngine::outputs() {
  std::vector<tensors::Tensor> copies;
  for (std::size_t i = 0; i < signature_.outputs.size(); ++i) {
    HostTensor* output = nullptr;
    api_->check(api_->infer_request_get_output(request_.get(), i, &output),
                "infer_request_get_output_tensor_by_index");
    const Owned<HostTensor> owned(output, api_->tensor_free);
    copies.push_back(copy_of(*api_, output, signature_.outputs[i].name));
  }
  return copies;
}

void OpenVinoEngine::release() {
  request_.reset();
  sets_.clear();
  signature_ = {};
  compiled_.reset();
  model_.reset();
  core_.reset();
}

void OpenVinoEngine::reshape(const protocol::LoadPart& part) {
  std::vector<const char*> names;
  std::vector<std::vector<Dimension>> dimensions;
  std::vector<PartialShape> partial_shapes;
  for (const auto& input : signature_.inputs) {
    auto& fixed = dimensions.emplace_back();
    // OpenVINO itself would give up even a fixed dimension of the model.
    for (const std::int64_t size : workload_shape(part, input)) fixed.push_back({size, size});
    const auto rank = static_cast<std::int64_t>(fixed.size());
    partial_shapes.push_back({{rank, rank}, fixed.data()});
    names.push_back(input.name.c_str());
  }
  api_->check(api_->model_reshape(model_.get(), names.data(), partial_shapes.data(), names.size()),
              "model_reshape");
  const Signature reshaped = signature_of(*api_, model_.get());
  take_shapes(signature_.inputs, reshaped.inputs);
  take_shapes(signature_.outputs, reshaped.outputs);
}

void OpenVinoEngine::compile(const protocol::Load& request) {
  const std::string threads = std::to_string(request.threads);
  const std::string hint = upper(request.options.at(kHint));
  CompiledModel* compiled = nullptr;
  // Without an explicit precision the plugin takes bfloat16 where the CPU has it. CPUs are set from outside.
  constexpr std::size_t kArguments = 10;
  api_->check(api_->core_compile_model(core_.get(), model_.get(), "CPU", kArguments, &compiled,
                                       "INFERENCE_PRECISION_HINT", precision_hint(request.precision),  //
                                       "INFERENCE_NUM_THREADS", threads.c_str(),                       //
                                       "PERFORMANCE_HINT", hint.c_str(),                               //
                                       "NUM_STREAMS", "1",                                             //
                                       "ENABLE_CPU_PINNING", "NO"),
              "core_compile_model");
  compiled_ = {compiled, api_->compiled_model_free};
}

std::string OpenVinoEngine::property(const char* key) const {
  char* value = nullptr;
  api_->check(api_->compiled_model_get_property(compiled_.get(), key, &value), "compiled_model_get_property");
  std::string text = value;
  api_->free_text(value);
  return text;
}

protocol::LoadReply OpenVinoEngine::read_back(const protocol::Load& request) const {
  protocol::LoadReply reply;
  reply.device = lower(property("EXECUTION_DEVICES"));
  reply.precision = precision_of(property("INFERENCE_PRECISION_HINT"));
  reply.threads = std::stoi(property("INFERENCE_NUM_THREADS"));
  reply.options = {{kShapes, request.options.at(kShapes)}, {kHint, lower(property("PERFORMANCE_HINT"))}};
  reply.parts = {{only_part(request).name, signature_.inputs, signature_.outputs}};
  return reply;
}

std::size_t OpenVinoEngine::input_index(const std::string& name) const {
  const auto found = std::find_if(signature_.inputs.begin(), signature_.inputs.end(),
                                  [&](const auto& input) { return input.name == name; });
  INFEROMETER_CHECK(found != signature_.inputs.end(), name);
  return static_cast<std::size_t>(found - signature_.inputs.begin());
}

}  // namespace inferometer::worker::openvino
