// TensorFlow on the CPU as an engine of ours.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/saved_model.h"
#include "sdk/cpp/engine.h"
#include "tensorflow/tensorflow_api.h"

namespace inferometer::worker::tensorflow {

template <typename Object>
using Owned = std::unique_ptr<Object, void (*)(Object*)>;

protocol::Description description();

class TensorFlowEngine final : public Engine {
 public:
  ~TensorFlowEngine() override;
  void open(const std::string& library, protocol::HelloReply& hello) override;
  protocol::LoadReply load(const protocol::Load& request,
                           const std::function<void(const std::string&)>& announce) override;
  void bind(std::size_t part, int set, std::vector<tensors::Tensor> inputs) override;
  void select(std::size_t part, int set) override;
  void run() override;
  std::vector<tensors::Tensor> outputs() override;
  void release() override;

 private:
  /// The inputs of one set, in the order of the signature.
  struct BoundSet {
    std::vector<Owned<Value>> owned;
    std::vector<Value*> inputs;
  };

  void open_session(const protocol::Load& request);
  Place place_of(const formats::SavedModelSignature::Port& port) const;
  void free_results();

  std::unique_ptr<Api> api_;
  Owned<Status> status_{nullptr, nullptr};
  Owned<Graph> graph_{nullptr, nullptr};
  Session* session_ = nullptr;
  formats::SavedModelSignature signature_;
  std::vector<Place> input_places_;
  std::vector<Place> output_places_;
  std::map<int, BoundSet> sets_;
  BoundSet* current_ = nullptr;
  std::vector<Value*> results_;  ///< of the last run; null before it
};

}  // namespace inferometer::worker::tensorflow
