// Checkpoints of the BERT family as ONNX graphs: BERT (Devlin et al., 2019, arXiv:1810.04805), DistilBERT
// (Sanh et al., 2019, arXiv:1910.01108) and RoBERTa (Liu et al., 2019, arXiv:1907.11692).
#pragma once

#include "builder/families/family.h"

namespace inferometer::builder {

std::string canonical_bert_name(const std::string& stored_name);
std::string canonical_distilbert_name(const std::string& stored_name);
std::string canonical_roberta_name(const std::string& stored_name);

onnx::BuiltModel build_bert(const CheckpointConfig& config, const Weights& weights,
                            std::vector<std::string>& remarks);
onnx::BuiltModel build_distilbert(const CheckpointConfig& config, const Weights& weights,
                                  std::vector<std::string>& remarks);
onnx::BuiltModel build_roberta(const CheckpointConfig& config, const Weights& weights,
                               std::vector<std::string>& remarks);

/// What their checkpoints are for recipes: a script that reads one reads them all.
constexpr const char* kTextEncoder = "text-encoder";

constexpr Family kBert = {"bert", "bert-onnx 2", kTextEncoder, canonical_bert_name, build_bert};
constexpr Family kDistilBert = {"distilbert", "distilbert-onnx 1", kTextEncoder, canonical_distilbert_name,
                                build_distilbert};
constexpr Family kRoberta = {"roberta", "roberta-onnx 1", kTextEncoder, canonical_roberta_name,
                             build_roberta};

}  // namespace inferometer::builder
