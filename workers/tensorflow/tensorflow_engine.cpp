#include "tensorflow/tensorflow_engine.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "sdk/cpp/checks.h"
#include "sdk/cpp/options.h"

namespace inferometer::worker::tensorflow {
namespace {

constexpr const char* kInterOpThreads = "inter_op_threads";
constexpr const char* kXla = "xla";

/// Threads of TensorFlow's pools. Those of the inter-op pool have a name of their own; those of the intra-op
/// pool have that of the process, whose only thread else is ours.
struct Threads {
  int intra_op = 0;
  int inter_op = 0;
};

Threads count_threads() {
  Threads threads;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name == "tf_Compute") ++threads.inter_op;
    if (!name.starts_with("tf_")) ++threads.intra_op;
  }
  --threads.intra_op;  // ours
  return threads;
}

/// A serialized ConfigProto. The inter-op pool is to be the session's own; the intra-op pool is always the
/// process's, and of the size that its first session asked for.
std::string config_of(const protocol::Load& request) {
  constexpr char kIntraOpThreads = 2 << 3;
  constexpr char kInterOpThreadsField = 5 << 3;
  constexpr char kPerSessionThreads = 9 << 3;
  const auto varint = [](int value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    return bytes + static_cast<char>(value);
  };
  return kIntraOpThreads + varint(request.threads) + kInterOpThreadsField +
         varint(std::stoi(request.options.at(kInterOpThreads))) + kPerSessionThreads + varint(1);
}

std::vector<protocol::TensorDescription> describe(
    const std::vector<formats::SavedModelSignature::Port>& ports) {
  std::vector<protocol::TensorDescription> descriptions;
  for (const auto& port : ports) descriptions.push_back({port.name, port.dtype, port.shape});
  return descriptions;
}

}  // namespace

protocol::Description description() {
  protocol::Description description;
  description.engine = "tensorflow";
  description.summary = "TensorFlow, CPU";
  description.package = "tensorflow";
  description.library = "tensorflow/libtensorflow_cc.so.*";
  description.formats = {"saved_model"};
  description.options = {
      integer_option(kInterOpThreads, 1, {1, 1024},
                     "operators that run at the same time; each may use all the threads"),
      boolean_option(kXla, false,
                     "whether XLA compiles the graph; it starts threads of its own, whatever was asked"),
  };
  description.reference_for = {{"saved_model", {}}};
  return description;
}

TensorFlowEngine::~TensorFlowEngine() { TensorFlowEngine::release(); }

void TensorFlowEngine::open(const std::string& library, protocol::HelloReply& hello) {
  api_ = std::make_unique<Api>(library);
  hello.engine_version = api_->version();
  hello.library_path = library;
  hello.shapes = "dynamic";
}

protocol::LoadReply TensorFlowEngine::load(const protocol::Load& request,
                                           const std::function<void(const std::string&)>& announce) {
  const auto& part = only_part(request);
  announce("load");
  const int inter_op_before = count_threads().inter_op;
  open_session(request);
  const Threads after = count_threads();

  // TensorFlow optimizes the graph in the first run, for what is fed and fetched then.
  announce("compile");
  for (const auto& port : signature_.inputs) input_places_.push_back(place_of(port));
  for (const auto& port : signature_.outputs) output_places_.push_back(place_of(port));
  results_.assign(output_places_.size(), nullptr);

  protocol::LoadReply reply;
  reply.device = "cpu";
  reply.precision = "float32";
  reply.threads = after.intra_op;
  reply.options = request.options;
  reply.options[kInterOpThreads] = std::to_string(after.inter_op - inter_op_before);
  reply.parts = {{part.name, describe(signature_.inputs), describe(signature_.outputs)}};
  return reply;
}

void TensorFlowEngine::open_session(const protocol::Load& request) {
  const auto& file = only_part(request).file;
  // Anew, because a call that succeeds may leave the error of an earlier one in it.
  status_ = {api_->new_status(), api_->delete_status};
  const Owned<SessionOptions> options(api_->new_options(), api_->delete_options);
  const auto config = config_of(request);
  api_->set_config(options.get(), config.data(), config.size(), status_.get());
  api_->check(status_.get(), "SetConfig");
  if (request.options.at(kXla) == "1") api_->enable_xla(options.get(), 1);

  graph_ = {api_->new_graph(), api_->delete_graph};
  const Owned<Buffer> meta_graph(api_->new_buffer(), api_->delete_buffer);
  const char* const tag = formats::kServeTag;
  session_ = api_->load_saved_model(options.get(), nullptr, file.c_str(), &tag, 1, graph_.get(),
                                    meta_graph.get(), status_.get());
  api_->check(status_.get(), "LoadSessionFromSavedModel");
  // Of what TensorFlow loaded, not of what lies on disk.
  signature_ = formats::signature_of_meta_graph(
      {static_cast<const char*>(meta_graph->bytes), meta_graph->size_bytes}, file);
}

Place TensorFlowEngine::place_of(const formats::SavedModelSignature::Port& port) const {
  Operation* const operation = api_->operation(graph_.get(), port.operation.c_str());
  if (operation == nullptr || port.index < 0 || port.index >= api_->output_count(operation)) {
    throw EngineError("the signature of the model names '" + port.operation + ":" +
                      std::to_string(port.index) + "' for '" + port.name +
                      "', and its graph has no such output");
  }
  return {operation, port.index};
}

void TensorFlowEngine::bind(std::size_t, int set, std::vector<tensors::Tensor> inputs) {
  BoundSet bound;
  for (const auto& port : signature_.inputs) {
    const auto tensor = std::find_if(inputs.begin(), inputs.end(),
                                     [&](const tensors::Tensor& each) { return each.name() == port.name; });
    INFEROMETER_CHECK(tensor != inputs.end(), port.name);
    Value* const value = api_->new_value(formats::tensorflow_type(port.dtype), tensor->shape().data(),
                                         static_cast<int>(tensor->shape().size()), tensor->bytes().size());
    if (value == nullptr) throw EngineError("TensorFlow has no memory for input '" + port.name + "'");
    bound.owned.emplace_back(value, api_->delete_value);
    bound.inputs.push_back(value);
    if (!tensor->bytes().empty())
      std::memcpy(api_->value_bytes(value), tensor->bytes().data(), tensor->bytes().size());
  }
  current_ = nullptr;
  sets_.insert_or_assign(set, std::move(bound));
}

void TensorFlowEngine::select(std::size_t, int set) {
  const auto found = sets_.find(set);
  if (found == sets_.end()) throw EngineError("input set " + std::to_string(set) + " is not bound");
  current_ = &found->second;
}

void TensorFlowEngine::run() {
  // Every run makes new outputs, and whoever takes them has to free them.
  free_results();
  api_->run(session_, nullptr, input_places_.data(), current_->inputs.data(),
            static_cast<int>(input_places_.size()), output_places_.data(), results_.data(),
            static_cast<int>(output_places_.size()), nullptr, 0, nullptr, status_.get());
  api_->check(status_.get(), "SessionRun");
}

std::vector<tensors::Tensor> TensorFlowEngine::outputs() {
  INFEROMETER_CHECK(current_ != nullptr, "outputs before a run");
  std::vector<tensors::Tensor> copies;
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const auto& port = signature_.outputs[i];
    const Value* const value = results_[i];
    INFEROMETER_CHECK(value != nullptr, port.name);
    tensors::Shape shape;
    for (int axis = 0; axis < api_->value_rank(value); ++axis)
      shape.push_back(api_->value_dimension(value, axis));
    tensors::Tensor copy(port.name, tensors::dtype_from_text(port.dtype), shape);
    if (api_->value_type(value) != formats::tensorflow_type(port.dtype) ||
        api_->value_size_bytes(value) != copy.bytes().size()) {
      throw EngineError("output '" + port.name + "' is not of the type " + port.dtype +
                        " that the signature of the model says");
    }
    if (!copy.bytes().empty())
      std::memcpy(copy.bytes().data(), api_->value_bytes(value), copy.bytes().size());
    copies.push_back(std::move(copy));
  }
  return copies;
}

void TensorFlowEngine::free_results() {
  for (Value*& result : results_) {
    if (result != nullptr) api_->delete_value(result);
    result = nullptr;
  }
}

void TensorFlowEngine::release() {
  free_results();
  results_.clear();
  current_ = nullptr;
  sets_.clear();
  input_places_.clear();
  output_places_.clear();
  signature_ = {};
  if (session_ != nullptr) {
    api_->close_session(session_, status_.get());
    api_->delete_session(session_, status_.get());
    session_ = nullptr;
  }
  graph_.reset();
}

}  // namespace inferometer::worker::tensorflow
