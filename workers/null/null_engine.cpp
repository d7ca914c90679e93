// The engine that does nothing, or a set amount of real work: reference, fixture, and the meter of our own
// cost.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "sdk/cpp/engine.h"
#include "sdk/cpp/serve.h"

namespace inferometer::worker {
namespace {

constexpr std::uint64_t kMaxArtefactBytes = 64 * 1024;
constexpr std::int64_t kMaxWork = 1'000'000'000;

/// The artefact of this engine is {"format":"null"}: it has nothing to hold, but must be what it claims.
void check_artefact(const std::string& file) {
  const auto json = base::parse_json(base::read_file(file, kMaxArtefactBytes), file);
  if (!json.is_object() || json.value("format", base::Json()) != "null") {
    throw EngineError(file + R"(: no artefact of the null engine; that is a file with {"format":"null"})");
  }
}

/// A chain of dependent multiplications and additions (Knuth's MMIX generator): neither the processor nor the
/// compiler can shorten it.
std::uint64_t work_for(std::int64_t iterations, std::uint64_t state) {
  for (std::int64_t i = 0; i < iterations; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    asm volatile("" : "+r"(state));
  }
  return state;
}

class NullEngine final : public Engine {
 public:
  void open(const std::string&, protocol::HelloReply& hello) override { hello.engine_version = "1"; }

  protocol::PrepareReply prepare(const protocol::Prepare& request,
                                 const std::function<void(const std::string&)>& announce) override {
    announce("load");
    check_artefact(request.file);
    announce("compile");
    work_ = std::stoll(request.options.at("work"));
    protocol::PrepareReply prepared;
    prepared.device = "cpu";
    prepared.precision = "float32";
    prepared.threads = 1;
    prepared.options = {{"work", std::to_string(work_)}};
    prepared.inputs = {{"x", "float32", {-1, 8}}};
    prepared.outputs = {{"y", "float32", {-1, 8}}};
    return prepared;
  }

  void bind(int set, std::vector<tensors::Tensor> inputs) override {
    sets_.insert_or_assign(set, std::move(inputs.front()));
  }

  void select(int set) override { current_ = &sets_.at(set); }

  void run() override { state_ = work_for(work_, state_); }

  /// y = 2x + 1, made here and not in `run`: with no work asked for, a run is empty.
  std::vector<tensors::Tensor> outputs() override {
    tensors::Tensor y("y", tensors::DType::Float32, current_->shape());
    const auto x = std::as_const(*current_).values<float>();
    std::transform(x.begin(), x.end(), y.values<float>().begin(), [](float value) { return 2 * value + 1; });
    std::vector<tensors::Tensor> outputs;
    outputs.push_back(std::move(y));
    return outputs;
  }

  void release() override {
    sets_.clear();
    current_ = nullptr;
  }

 private:
  std::map<int, tensors::Tensor> sets_;
  const tensors::Tensor* current_ = nullptr;
  std::int64_t work_ = 0;
  std::uint64_t state_ = 1;
};

protocol::Description describe() {
  protocol::Description description;
  description.engine = "null";
  description.summary = "does nothing, or a set amount of work: measures the instrument itself";
  description.formats = {"null"};
  description.devices = {"cpu"};
  description.precisions = {"float32"};
  description.options = {{"work", "integer", "0", {}, 0, kMaxWork, "dependent multiplications in each run"}};
  description.multi_threaded = false;
  description.hidden = true;
  return description;
}

}  // namespace
}  // namespace inferometer::worker

int main(int argc, char** argv) {
  using namespace inferometer::worker;
  return serve(argc, argv, describe(),
               []() -> std::unique_ptr<Engine> { return std::make_unique<NullEngine>(); });
}
