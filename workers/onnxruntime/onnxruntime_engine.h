// ONNX Runtime on the CPU as an engine of ours.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "onnxruntime/signature.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker::onnxruntime {

protocol::Description description();

class OnnxRuntimeEngine final : public Engine {
 public:
  ~OnnxRuntimeEngine() override;
  void open(const std::string& library, protocol::HelloReply& hello) override;
  protocol::LoadReply load(const protocol::Load& request,
                           const std::function<void(const std::string&)>& announce) override;
  void bind(std::size_t part, int set, std::vector<tensors::Tensor> inputs) override;
  void select(std::size_t part, int set) override;
  void run() override;
  std::vector<tensors::Tensor> outputs() override;
  void release() override;

 private:
  /// The inputs of one set and where its outputs go: ONNX Runtime allocates them in the first run of the set
  /// and writes into them again in every later one.
  struct BoundSet {
    std::vector<tensors::Tensor> inputs;
    std::vector<Owned<Value>> values;
    Owned<IoBinding> binding{nullptr, nullptr};
    bool fresh_outputs = false;  ///< shapes change from run to run: nothing can be reused
  };

  void bind_outputs(IoBinding* binding) const;
  void run_with_fresh_outputs(Status* refusal);

  std::unique_ptr<Library> library_;
  Owned<Env> env_{nullptr, nullptr};
  Owned<MemoryPlace> memory_{nullptr, nullptr};
  Owned<RunOptions> run_options_{nullptr, nullptr};
  Owned<Session> session_{nullptr, nullptr};
  Signature signature_;
  std::map<int, BoundSet> sets_;
  BoundSet* current_ = nullptr;
  Status* (*run_with_binding_)(Session*, const RunOptions*, const IoBinding*) = nullptr;
};

}  // namespace inferometer::worker::onnxruntime
