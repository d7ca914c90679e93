#include "quantize/quantize.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "onnx/quantized_ops.h"
#include "quantize/rewriter.h"

namespace inferometer::quantize {
namespace {

/// DynamicQuantizeLinear has existed since then.
constexpr std::int64_t kOldestOpset = 11;
/// ReduceMax takes its axes as an input from then on.
constexpr std::int64_t kOpsetOfAxesInput = 18;

class Quantizer {
 public:
  Quantizer(const Source& source, const Recipe& recipe)
      : source_(source),
        recipe_(recipe),
        index_(source.model.graph()),
        products_(find_products({source, index_}, recipe)) {
    if (recipe.smoothing > 0) norms_ = find_norms(index_, products_);
  }

  void check() const {
    const auto refuse = [&](const std::string& found) {
      throw base::UserError(source_.file.string() + ": " + found);
    };
    const auto& nodes = source_.model.graph().node();
    const auto integer = std::find_if(nodes.begin(), nodes.end(), onnx::is_quantized);
    if (integer != nodes.end())
      refuse("node " + base::in_quotes(integer->name()) + " is " + base::in_quotes(integer->op_type()) +
             ": the model is quantized already; give the float32 model it was made from");
    if (opset_of(source_.model) < kOldestOpset)
      refuse("opset " + std::to_string(opset_of(source_.model)) +
             " (11 or later is needed for int8): export "
             "the model again");
    const bool something = std::any_of(products_.begin(), products_.end(), [](const Product& product) {
      return is_quantized(product.decision.outcome);
    });
    if (something) return;
    std::vector<Decision> decisions;
    for (const auto& product : products_) decisions.push_back(product.decision);
    refuse("nothing to quantize: no MatMul or Gemm with enough constant float32 weights" +
           (decisions.empty() ? std::string() : " (" + summary_of(decisions) + ")"));
  }

  std::vector<Probe> probes() const {
    std::vector<Probe> probes;
    for (std::size_t i = 0; i < norms_.size(); ++i)
      probes.push_back({norms_[i].output, "maxima_" + std::to_string(i)});
    return probes;
  }

  void write_probe(const std::filesystem::path& folder) const {
    GraphWriter writer(source_);
    for (const auto& node : source_.model.graph().node()) writer.keep(node);
    std::vector<std::string> outputs;
    const auto wanted = probes();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto channels = static_cast<std::int64_t>(norms_[i].products.front()->shape.rows);
      outputs.push_back(add_maxima(writer, wanted[i], channels));
    }
    writer.replace_outputs(outputs);
    writer.write(folder);
  }

  std::vector<Decision> write(const Maxima& maxima, const std::filesystem::path& folder) {
    GraphWriter writer(source_);
    const auto smoothed = smooth({norms_, maxima, recipe_.smoothing}, {source_, index_}, writer);
    Rewriter rewriter(source_, recipe_, writer);
    std::vector<Decision> decisions;
    auto product = products_.begin();
    for (const auto& node : source_.model.graph().node()) {
      if (product != products_.end() && product->node == &node) {
        const auto data = smoothed.data_of.find(&node);
        const bool is_smoothed = data != smoothed.data_of.end();
        decisions.push_back(product->decision);
        decisions.back().smoothed = is_smoothed;
        if (is_quantized(product->decision.outcome)) {
          rewriter.rewrite(*product, {is_smoothed ? data->second.name : product->data,
                                      is_smoothed ? &data->second.factors : nullptr});
        } else {
          writer.keep(node);
        }
        ++product;
        continue;
      }
      keep(node, smoothed, writer);
    }
    writer.write(folder);
    return decisions;
  }

 private:
  std::string add_maxima(GraphWriter& writer, const Probe& probe, std::int64_t channels) const {
    const auto name = [&](const char* part) { return writer.unique(probe.output + part); };
    const auto size = writer.node("Abs", name(".size"), {probe.activation});
    const auto rows =
        writer.node("Reshape", name(".rows"),
                    {size, writer.shared_integers("rows_of_" + std::to_string(channels), {-1, channels})});
    if (opset_of(source_.model) >= kOpsetOfAxesInput)
      return writer.node("ReduceMax", probe.output, {rows, writer.shared_integers("first_axis", {0})},
                         {{"keepdims", std::int64_t{0}}});
    return writer.node("ReduceMax", probe.output, {rows},
                       {{"axes", std::vector<std::int64_t>{0}}, {"keepdims", std::int64_t{0}}});
  }

  static void keep(const onnx::NodeProto& node, const Smoothed& smoothed, GraphWriter& writer) {
    auto& kept = writer.keep(node);
    if (const auto inputs = smoothed.inputs.find(&node); inputs != smoothed.inputs.end()) {
      for (const auto& [input, name] : inputs->second) kept.set_input(input, name);
    }
    const auto ending = smoothed.endings.find(&node);
    if (ending == smoothed.endings.end()) return;
    kept.set_output(0, ending->second.smoothed);
    writer.node("Mul", ending->second.restored, {ending->second.smoothed, ending->second.factors});
  }

  const Source& source_;
  const Recipe& recipe_;
  onnx::GraphIndex index_;
  std::vector<Product> products_;
  std::vector<Norm> norms_;
};

}  // namespace

void check_can_be_quantized(const Source& source, const Recipe& recipe) { Quantizer(source, recipe).check(); }

std::vector<Probe> probes_of(const Source& source, const Recipe& recipe) {
  return Quantizer(source, recipe).probes();
}

void write_probe_model(const Source& source, const Recipe& recipe, const std::filesystem::path& folder) {
  Quantizer(source, recipe).write_probe(folder);
}

std::vector<Decision> quantize(const Source& source, const Recipe& recipe, const Maxima& maxima,
                               const std::filesystem::path& folder) {
  Quantizer quantizer(source, recipe);
  quantizer.check();
  return quantizer.write(maxima, folder);
}

}  // namespace inferometer::quantize
