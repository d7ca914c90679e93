// What a C++ engine implements to become a worker. The loop around it (serve.h) is the same for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/messages.h"
#include "tensors/tensor.h"

namespace inferometer::worker {

/// The engine says no. `unsupported` for what it cannot do by nature, else the artefact or call failed.
class EngineError : public std::runtime_error {
 public:
  explicit EngineError(const std::string& reason, bool unsupported = false)
      : std::runtime_error(reason), unsupported_(unsupported) {}
  bool unsupported() const { return unsupported_; }

 private:
  bool unsupported_;
};

/// One engine in one process, used from one thread. All methods may throw EngineError.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Opens the engine's library (absolute path from --library; empty where none is needed).
  /// Fills engine_version, library_path, shapes and idle, and devices where it knows more than the
  /// description says.
  virtual void open(const std::string& library, protocol::HelloReply& hello) = 0;

  /// Loads and compiles; calls announce("load") and announce("compile") before each phase and fills in what
  /// it really did, read back from the engine. The loop has checked format, device, precision, the kind of
  /// thread count, the names of the parts and the options, filled in their defaults, and takes both times
  /// between the announcements. LoadReply::parts stand in the order of the request.
  virtual protocol::LoadReply load(const protocol::Load& request,
                                   const std::function<void(const std::string&)>& announce) = 0;

  /// Takes an input set of part number `part`, which replaces an older one of this number. The loop has
  /// checked the inputs against those of the LoadReply: every name once, type, rank, fixed dimensions; their
  /// order is that of their names. Converted to the engine's form here, so that nothing is left for the timed
  /// region.
  virtual void bind(std::size_t part, int set, std::vector<tensors::Tensor> inputs) = 0;

  /// Makes a bound set and its part the current ones. Called outside the timed region.
  virtual void select(std::size_t part, int set) = 0;

  /// One run of the current part on the current set, waited for. The timed region: no allocation, conversion
  /// or logging of ours, no exception but for a failed run.
  virtual void run() = 0;

  /// The outputs of the last run, copied out. Untimed.
  virtual std::vector<tensors::Tensor> outputs() = 0;

  // What one step of generating needs: only for engines whose description names the scenario `generate`.
  // Timed like `run`.

  /// Texts that the current set generates at once: its batch size.
  virtual std::size_t rows() const { return 1; }
  /// Begins a text anew: reads the prompt, which is the current set, and puts the likeliest first token of
  /// every row into `tokens`.
  virtual void prefill(std::span<std::int64_t> tokens);
  /// Takes the last token of every row and puts the likeliest next one in its place.
  virtual void decode(std::span<std::int64_t> tokens);

  /// How often the engine compiled anew since load (shape changes); 0 where it cannot.
  virtual std::int64_t recompilations() const { return 0; }

  /// Frees model and sets, also after a load that threw halfway. load may follow.
  virtual void release() = 0;
};

}  // namespace inferometer::worker
