// An engine for tests whose runs take time only by its own clock, and which fails on request.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sdk/cpp/engine.h"

namespace inferometer::worker {

/// What the engine has lived through. Outside of it, because the loop owns the engine.
struct FakeEngineState {
  std::vector<int> selected;  ///< sets in the order of `select`
  std::size_t selected_part = 0;
  std::vector<int> runs_per_select;  ///< beside `selected`
  std::vector<std::string> calls;    ///< but for select and run
  std::int64_t runs = 0;
  std::int64_t run_ns = 1000;
  std::int64_t select_ns = 0;
  std::int64_t compiled = 0;
  std::function<std::size_t(int)> rows_of_set = [](int) { return std::size_t{1}; };
  std::map<std::string, std::string> options;     ///< of the last load
  std::function<void(const std::string&)> fault;  ///< called with the name of each method before it acts
};

class FakeEngine final : public Engine {
 public:
  explicit FakeEngine(FakeEngineState& state) : state_(state) {}

  static std::int64_t now() { return now_ns_; }
  static void advance(std::int64_t duration_ns) { now_ns_ += duration_ns; }

  void open(const std::string& library, protocol::HelloReply& hello) override {
    called("open");
    hello.engine_version = "7.0";
    hello.library_path = library;
  }

  protocol::LoadReply load(const protocol::Load& request,
                           const std::function<void(const std::string&)>& announce) override {
    announce("load");
    called("load");
    announce("compile");
    called("compile");
    state_.options = request.options;
    protocol::LoadReply loaded;
    loaded.device = request.device;
    loaded.precision = request.precision;
    loaded.threads = request.threads;
    loaded.options = request.options;
    for (const auto& part : request.parts)
      loaded.parts.push_back({part.name, {{"ids", "int64", {-1, 4}}, {"mask", "float32", {-1}}}, {}});
    return loaded;
  }

  void bind(std::size_t, int, std::vector<tensors::Tensor>) override { called("bind"); }

  void select(std::size_t part, int set) override {
    state_.selected.push_back(set);
    state_.selected_part = part;
    state_.runs_per_select.push_back(0);
    now_ns_ += state_.select_ns;
  }

  void run() override {
    if (state_.fault) state_.fault("run");
    ++state_.runs;
    ++state_.runs_per_select.back();
    ++state_.compiled;
    now_ns_ += state_.run_ns;
  }

  std::vector<tensors::Tensor> outputs() override {
    called("outputs");
    std::vector<tensors::Tensor> outputs;
    outputs.emplace_back("y", tensors::DType::Float32, tensors::Shape{1});
    return outputs;
  }

  std::size_t rows() const override { return state_.rows_of_set(state_.selected.back()); }

  /// The prompt takes 5 runs; the rows get the tokens 10, 20, ...
  void prefill(std::span<std::int64_t> tokens) override {
    called("prefill");
    now_ns_ += 5 * state_.run_ns;
    for (std::size_t row = 0; row < tokens.size(); ++row)
      tokens[row] = 10 * static_cast<std::int64_t>(row + 1);
  }

  /// One more than the last.
  void decode(std::span<std::int64_t> tokens) override {
    called("decode");
    now_ns_ += state_.run_ns;
    for (auto& token : tokens) ++token;
  }

  std::int64_t recompilations() const override { return state_.compiled; }

  void release() override { called("release"); }

 private:
  void called(const std::string& method) {
    state_.calls.push_back(method);
    if (state_.fault) state_.fault(method);
  }

  static inline std::int64_t now_ns_ = 0;
  FakeEngineState& state_;
};

}  // namespace inferometer::worker
