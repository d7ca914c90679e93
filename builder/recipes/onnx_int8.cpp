#include "builder/recipes/onnx_int8.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "onnx/reader.h"
#include "quantize/quantize.h"
#include "results/outcome.h"
#include "session/session.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPart = "model";

/// The reference engine with the probe model loaded.
class Probing {
 public:
  Probing(const builder_client::Target& target, fs::path folder)
      : samples_(target.samples), folder_(std::move(folder)), session_(start_of(target.reference)) {
    protocol::Load load;
    load.format = "onnx";
    load.options = target.reference.options;
    load.parts = {{kPart, (folder_ / "model.onnx").string(), shapes()}};
    session_.load(load);
  }

  quantize::Maxima run(const std::vector<quantize::Probe>& probes) {
    quantize::Maxima maxima;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const int set = static_cast<int>(i);
      const auto outputs = folder_ / ("outputs-" + std::to_string(i) + ".safetensors");
      session_.bind({kPart, set, samples_[i].string()});
      session_.outputs({kPart, set, outputs.string()});
      for (const auto& tensor : tensors::read_safetensors(outputs)) {
        for (const auto& probe : probes)
          if (probe.output == tensor.name()) keep_largest(tensor, maxima[probe.activation]);
      }
    }
    session_.close();
    return maxima;
  }

 private:
  static session::Start start_of(const builder_client::ReferenceEngine& engine) {
    session::Start start;
    start.launch = engine.launch;
    return start;
  }

  /// Those of the first set; all sets have the same.
  std::map<std::string, std::vector<std::int64_t>> shapes() const {
    std::map<std::string, std::vector<std::int64_t>> shapes;
    const tensors::SafetensorsFile first(samples_.front());
    for (const auto& [name, stored] : first.entries()) shapes[name] = stored.shape;
    return shapes;
  }

  static void keep_largest(const tensors::Tensor& tensor, std::vector<float>& largest) {
    const auto values = tensor.values<float>();
    largest.resize(values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) largest[i] = std::max(largest[i], values[i]);
  }

  const std::vector<fs::path>& samples_;
  fs::path folder_;
  session::Session session_;
};

quantize::Maxima measure_maxima(const quantize::Source& source, const quantize::Recipe& recipe,
                                const NativeJob& job) {
  const auto probes = quantize::probes_of(source, recipe);
  if (probes.empty()) return {};
  INFEROMETER_CHECK(!job.target.samples.empty() && !job.target.reference.launch.argv.empty(),
                    "samples and an engine to calibrate with");
  const auto folder = job.into / "probe";
  fs::create_directory(folder);
  quantize::write_probe_model(source, recipe, folder);
  try {
    auto maxima = Probing(job.target, folder).run(probes);
    fs::remove_all(folder);
    return maxima;
  } catch (const results::CandidateFailure& failure) {
    throw base::UserError("calibration by " + job.target.reference.name + " failed: " + failure.what());
  }
}

std::string build(const NativeJob& job, const quantize::Recipe& recipe) {
  const auto model = onnx::read_onnx(job.from);
  const quantize::Source source{model.proto, job.from};
  quantize::check_can_be_quantized(source, recipe);
  const auto decisions = quantize::quantize(source, recipe, measure_maxima(source, recipe, job), job.into);
  base::write_file_atomically(job.into / "quantization.json",
                              base::to_line(quantize::to_json(decisions)) + "\n");
  return quantize::summary_of(decisions);
}

}  // namespace

std::string build_onnx_int8(const NativeJob& job) { return build(job, quantize::kRobust); }

std::string build_onnx_int8_seed(const NativeJob& job) { return build(job, quantize::kEverythingPerTensor); }

}  // namespace inferometer::builder
