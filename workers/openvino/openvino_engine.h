// OpenVINO on the CPU as an engine of ours.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "openvino/signature.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker::openvino {

protocol::Description description();

class OpenVinoEngine final : public Engine {
 public:
  ~OpenVinoEngine() override;
  void open(const std::string& library, protocol::HelloReply& hello) override;
  protocol::LoadReply load(const protocol::Load& request,
                           const std::function<void(const std::string&)>& announce) override;
  void bind(std::size_t part, int set, std::vector<tensors::Tensor> inputs) override;
  void select(std::size_t part, int set) override;
  void run() override;
  std::vector<tensors::Tensor> outputs() override;
  void release() override;

 private:
  struct BoundInput {
    tensors::Tensor tensor;
    Owned<HostTensor> view;
    std::size_t index;  ///< among the inputs of the model
  };

  void reshape(const protocol::LoadPart& part);
  void compile(const protocol::Load& request);
  std::string property(const char* key) const;
  protocol::LoadReply read_back(const protocol::Load& request) const;
  std::size_t input_index(const std::string& name) const;

  std::unique_ptr<Api> api_;
  Owned<Core> core_{nullptr, nullptr};
  Owned<Model> model_{nullptr, nullptr};
  Owned<CompiledModel> compiled_{nullptr, nullptr};
  Owned<InferRequest> request_{nullptr, nullptr};
  Signature signature_;
  std::map<int, std::vector<BoundInput>> sets_;
  Status (*infer_)(InferRequest*) = nullptr;
};

}  // namespace inferometer::worker::openvino
