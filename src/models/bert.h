// Checkpoints of the BERT family (Devlin et al., 2019, arXiv:1810.04805) as ONNX graphs.
#pragma once

#include "models/model_class.h"

namespace inferometer::models {

/// "bert.encoder.layer.0.attention.output.LayerNorm.gamma" to
/// "encoder.layer.0.attention.output.LayerNorm.weight".
std::string canonical_bert_name(const std::string& stored_name);

BuiltModel build_bert(const CheckpointConfig& config, const CheckpointWeights& weights,
                      std::vector<std::string>& remarks);

constexpr ModelClass kBert = {"bert", "bert-onnx 1", canonical_bert_name, build_bert};

}  // namespace inferometer::models
