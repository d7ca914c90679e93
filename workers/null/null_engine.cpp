// The engine that does nothing, or a set amount of real work: reference, fixture, and the meter of our own
// cost.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "sdk/cpp/engine.h"
#include "sdk/cpp/options.h"
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

// An artefact of the parts `prefill` and `decode` generates texts of this many different tokens.
constexpr std::int64_t kVocabulary = 97;

/// Whatever the prompt, another token each time.
std::int64_t token_after(std::int64_t token) { return (5 * token + 1) % kVocabulary; }

/// Of one row of a prompt: the sum of its ids.
std::int64_t first_token(std::span<const std::int64_t> prompt) {
  std::int64_t sum = 0;
  for (const std::int64_t id : prompt) sum = (sum + id % kVocabulary + kVocabulary) % kVocabulary;
  return sum;
}

std::vector<protocol::LoadedPart> loaded_parts(const std::vector<protocol::LoadPart>& parts) {
  const protocol::TensorDescription logits{"logits", "float32", {-1, kVocabulary}};
  if (parts.size() == 1) return {{parts[0].name, {{"x", "float32", {-1, 8}}}, {{"y", "float32", {-1, 8}}}}};
  if (parts.size() == 2 && parts[0].name == "prefill" && parts[1].name == "decode") {
    return {{"prefill", {{"input_ids", "int64", {-1, -1}}}, {logits}},
            {"decode", {{"token", "int64", {-1, 1}}}, {logits}}};
  }
  throw EngineError("the null engine takes one part, or the parts prefill and decode in this order",
                    /*unsupported=*/true);
}

class NullEngine final : public Engine {
 public:
  void open(const std::string&, protocol::HelloReply& hello) override { hello.engine_version = "1"; }

  protocol::LoadReply load(const protocol::Load& request,
                           const std::function<void(const std::string&)>& announce) override {
    announce("load");
    for (const auto& part : request.parts) check_artefact(part.file);
    announce("compile");
    work_ = std::stoll(request.options.at("work"));
    protocol::LoadReply loaded;
    loaded.device = "cpu";
    loaded.precision = "float32";
    loaded.threads = 1;
    loaded.options = {{"work", std::to_string(work_)}};
    loaded.parts = loaded_parts(request.parts);
    generates_ = loaded.parts.size() == 2;
    return loaded;
  }

  void bind(std::size_t part, int set, std::vector<tensors::Tensor> inputs) override {
    sets_.insert_or_assign({part, set}, std::move(inputs.front()));
  }

  void select(std::size_t part, int set) override { current_ = &sets_.at({part, set}); }

  /// A part that reads tokens works for each of them; with no work asked for, a run is empty.
  void run() override { state_ = work_for(work_ * (generates_ ? current_->elements() : 1), state_); }

  /// Made here and not in `run`. y = 2x + 1; where texts are generated, 1 for the next token and else 0.
  std::vector<tensors::Tensor> outputs() override {
    std::vector<tensors::Tensor> outputs;
    outputs.push_back(generates_ ? logits() : doubled());
    return outputs;
  }

  std::size_t rows() const override { return static_cast<std::size_t>(current_->shape().front()); }

  void prefill(std::span<std::int64_t> tokens) override {
    if (!generates_) throw EngineError("this artefact does not generate", /*unsupported=*/true);
    run();
    for (std::size_t row = 0; row < tokens.size(); ++row) tokens[row] = first_token(prompt(row));
  }

  void decode(std::span<std::int64_t> tokens) override {
    state_ = work_for(work_ * static_cast<std::int64_t>(tokens.size()), state_);
    for (std::int64_t& token : tokens) token = token_after(token);
  }

  void release() override {
    sets_.clear();
    current_ = nullptr;
  }

 private:
  std::span<const std::int64_t> prompt(std::size_t row) const {
    const auto ids = std::as_const(*current_).values<std::int64_t>();
    const std::size_t length = ids.size() / rows();
    return ids.subspan(row * length, length);
  }

  tensors::Tensor logits() const {
    tensors::Tensor scores("logits", tensors::DType::Float32, {current_->shape().front(), kVocabulary});
    const auto values = scores.values<float>();
    std::fill(values.begin(), values.end(), 0.0f);
    for (std::size_t row = 0; row < rows(); ++row) {
      const auto next = static_cast<std::size_t>(first_token(prompt(row)));
      values[row * static_cast<std::size_t>(kVocabulary) + next] = 1;
    }
    return scores;
  }

  tensors::Tensor doubled() const {
    tensors::Tensor y("y", tensors::DType::Float32, current_->shape());
    const auto x = std::as_const(*current_).values<float>();
    std::transform(x.begin(), x.end(), y.values<float>().begin(), [](float value) { return 2 * value + 1; });
    return y;
  }

  std::map<std::pair<std::size_t, int>, tensors::Tensor> sets_;  ///< by part and number
  const tensors::Tensor* current_ = nullptr;
  std::int64_t work_ = 0;
  bool generates_ = false;
  std::uint64_t state_ = 1;
};

protocol::Description describe() {
  protocol::Description description;
  description.engine = "null";
  description.summary = "does nothing, or a set amount of work: measures the instrument itself";
  description.formats = {"null"};
  description.scenarios = {"forward", "generate"};
  description.options = {integer_option("work", 0, {0, kMaxWork},
                                        "dependent multiplications in each run; of texts, for each token")};
  description.reference_for = {{"null", {}}};
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
