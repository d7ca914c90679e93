// LiteRT on the CPU as an engine of ours.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/tflite.h"
#include "litert/signature.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker::litert {

protocol::Description description();

class LiteRtEngine final : public Engine {
 public:
  ~LiteRtEngine() override;
  void open(const std::string& library, protocol::HelloReply& hello) override;
  protocol::LoadReply load(const protocol::Load& request,
                           const std::function<void(const std::string&)>& announce) override;
  void bind(std::size_t part, int set, std::vector<tensors::Tensor> inputs) override;
  void select(std::size_t part, int set) override;
  void run() override;
  std::vector<tensors::Tensor> outputs() override;
  void release() override;

 private:
  /// The buffers of one set, in the order of the signature.
  struct BoundSet {
    std::vector<Owned<TensorBuffer>> owned;
    std::vector<TensorBuffer*> inputs;
    std::vector<TensorBuffer*> outputs;
  };

  void read_model(const protocol::Load& request);
  void compile(const protocol::LoadPart& part, const formats::TfliteModel& file);
  /// Gives the inputs the shapes of the workload where the file leaves them open.
  void close_shapes(const protocol::LoadPart& part, const formats::TfliteModel& file);
  TensorBuffer* add_buffer(BoundSet& set, const Port& port, BufferRequirements* requirements) const;

  std::unique_ptr<Api> api_;
  Owned<Environment> environment_{nullptr, nullptr};
  Owned<Model> model_{nullptr, nullptr};
  Owned<Options> options_{nullptr, nullptr};
  Owned<CompiledModel> compiled_{nullptr, nullptr};
  Ports ports_;
  std::map<int, BoundSet> sets_;
  BoundSet* current_ = nullptr;
};

}  // namespace inferometer::worker::litert
