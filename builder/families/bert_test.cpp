#include "builder/families/bert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/test_fixture.h"
#include "builder/families/checkpoint_fixture.h"
#include "builder/inspect/onnx_file.h"
#include "onnx/model_fixture.h"
#include "onnx/reader.h"
#include "tensors/half.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class bert : public ::testing::Test {
 protected:
  const fs::path& folder() const { return folder_.path(); }

  /// Builds the checkpoint that lies in the folder, and reads what was built as a user's file.
  onnx::OnnxModel build() {
    const auto checkpoint = open_checkpoint(folder());
    remarks_ = checkpoint.remarks;
    fs::remove_all(folder() / "built");
    fs::create_directory(folder() / "built");
    onnx::write_model(checkpoint.built, folder() / "built",
                      [&](const std::string& name) { return checkpoint.weights.read_float32(name); });
    return onnx::read_onnx(folder() / "built" / "model.onnx");
  }
  onnx::OnnxModel build(const TinyBert& tiny) {
    tiny.write(folder());
    return build();
  }
  std::string refusal(const TinyBert& tiny) {
    tiny.write(folder());
    return message_of([&] { open_checkpoint(folder()); });
  }
  std::string refused_config(const std::string& key, const base::Json& value) {
    TinyBert tiny;
    tiny.config[key] = value;
    return refusal(tiny);
  }

  /// Elements of an initializer of the built model.
  std::vector<float> stored(const onnx::OnnxModel& model, const std::string& name) {
    for (const auto& tensor : model.proto.graph().initializer()) {
      if (tensor.name() != name) continue;
      std::map<std::string, std::string> place;
      for (const auto& entry : tensor.external_data()) place[entry.key()] = entry.value();
      const auto bytes = base::read_file(folder() / "built" / place["location"], 1 << 20);
      std::vector<float> values(std::stoul(place["length"]) / sizeof(float));
      std::memcpy(values.data(), bytes.data() + std::stoul(place["offset"]), values.size() * sizeof(float));
      return values;
    }
    ADD_FAILURE() << "no initializer " << name;
    return {};
  }

  static std::map<std::string, int> counts(const onnx::OnnxModel& model) {
    std::map<std::string, int> counts;
    for (const auto& node : model.proto.graph().node()) ++counts[node.op_type()];
    return counts;
  }

  base::ScratchFolder folder_{"bert-test"};
  std::vector<std::string> remarks_;
};

TEST_F(bert, a_checkpoint_becomes_a_model_that_passes_our_own_checks) {
  const auto model = build(TinyBert());
  const auto summary = inspect(model.proto, "m.onnx");
  ASSERT_EQ(entry_part(summary).inputs.size(), 3u);
  EXPECT_EQ(entry_part(summary).inputs[0].name, "input_ids");
  EXPECT_EQ(entry_part(summary).inputs[0].index_bound, 50);
  EXPECT_EQ(entry_part(summary).inputs[2].index_bound, 2);
  EXPECT_EQ(entry_part(summary).inputs[1].shape[1].role, "sequence");
  EXPECT_EQ(summary.max_sequence_length, 16);
  EXPECT_EQ(entry_part(summary).outputs[0].name, "last_hidden_state");
  EXPECT_EQ(entry_part(summary).outputs[1].name, "pooler_output");
  EXPECT_EQ(to_text(summary.variant), "onnx/float32");
  std::int64_t elements = 0;
  for (const auto& [name, tensor] : TinyBert().weights) elements += tensor.elements();
  EXPECT_EQ(summary.parameters, elements);
  EXPECT_EQ(counts(model)["LayerNormalization"], 5);
  EXPECT_EQ(counts(model)["Softmax"], 2);
  EXPECT_TRUE(remarks_.empty());
}

TEST_F(bert, weights_of_linear_layers_are_transposed_and_all_are_aligned) {
  const TinyBert tiny;
  const auto model = build(tiny);
  const auto source = tiny.weights.at("encoder.layer.1.intermediate.dense.weight").values<float>();
  const auto built = stored(model, "encoder.layer.1.intermediate.dense.weight");
  ASSERT_EQ(built.size(), 64u * 32u);
  for (std::size_t row = 0; row < 64; ++row) {
    for (std::size_t column = 0; column < 32; ++column) {
      ASSERT_EQ(built[column * 64 + row], source[row * 32 + column]);
    }
  }
  for (const auto& tensor : model.proto.graph().initializer()) {
    if (tensor.external_data_size() == 0) continue;
    EXPECT_EQ(std::stoul(tensor.external_data(1).value()) % 4096, 0u) << tensor.name();
  }
}

TEST_F(bert, old_and_prefixed_names_give_the_same_model) {
  TinyBert tiny;
  const auto plain = build(tiny).proto.SerializeAsString();
  const auto norm = stored(build(), "embeddings.LayerNorm.weight");
  tiny.rename("embeddings.LayerNorm.weight", "bert.embeddings.LayerNorm.gamma");
  tiny.rename("embeddings.LayerNorm.bias", "bert.embeddings.LayerNorm.beta");
  tiny.rename("pooler.dense.weight", "bert.pooler.dense.weight");
  const auto renamed = build(tiny);
  EXPECT_EQ(renamed.proto.SerializeAsString(), plain);
  EXPECT_EQ(stored(renamed, "embeddings.LayerNorm.weight"), norm);
}

TEST_F(bert, one_tensor_under_two_names_is_refused) {
  TinyBert tiny;
  tiny.add("bert.pooler.dense.bias", {32});
  EXPECT_THAT(refusal(tiny),
              AllOf(HasSubstr("'bert.pooler.dense.bias'"), HasSubstr("one of them is allowed")));
}

TEST_F(bert, half_precision_weights_are_widened) {
  TinyBert tiny;
  const std::string name = "embeddings.LayerNorm.weight";
  for (const auto type : {tensors::DType::Float16, tensors::DType::BFloat16}) {
    tensors::Tensor half(name, type, {32});
    std::vector<float> expected;
    for (auto& bits : half.values<std::uint16_t>()) {
      const bool is_float16 = type == tensors::DType::Float16;
      bits = is_float16 ? std::uint16_t{0x3555} : std::uint16_t{0x3eab};  // both about a third
      expected.push_back(is_float16 ? tensors::float16_to_float(bits) : tensors::bfloat16_to_float(bits));
    }
    tiny.weights[name] = std::move(half);
    EXPECT_EQ(stored(build(tiny), name), expected);
    EXPECT_NEAR(expected[0], 0.333, 0.001);
  }
}

TEST_F(bert, heads_give_logits) {
  TinyBert tiny;
  tiny.add_pair("classifier", {3, 32});
  tiny.config["architectures"] = {"BertForSequenceClassification"};
  tiny.config["id2label"] = {{"0", "a"}, {"1", "b"}, {"2", "c"}};
  auto model = build(tiny);
  ASSERT_EQ(model.proto.graph().output_size(), 1);
  EXPECT_EQ(model.proto.graph().output(0).name(), "logits");
  EXPECT_EQ(counts(model)["Gemm"], 2);
  tiny.config["architectures"] = {"BertForTokenClassification"};
  model = build(tiny);
  EXPECT_EQ(model.proto.graph().output(0).type().tensor_type().shape().dim_size(), 3);
  EXPECT_EQ(counts(model)["Gemm"], 0);
}

TEST_F(bert, a_language_model_gives_its_encoder_and_says_so) {
  TinyBert tiny;
  tiny.config["architectures"] = {"BertForMaskedLM"};
  std::erase_if(tiny.weights, [](const auto& entry) { return entry.first.starts_with("pooler"); });
  EXPECT_EQ(build(tiny).proto.graph().output_size(), 1);
  EXPECT_THAT(remarks_, ElementsAre(HasSubstr("the language-model head is left out")));
}

TEST_F(bert, layers_beyond_the_config_are_left_out_aloud) {
  TinyBert tiny;
  tiny.config["num_hidden_layers"] = 1;
  EXPECT_EQ(counts(build(tiny))["Softmax"], 1);
  EXPECT_THAT(remarks_, ElementsAre(HasSubstr("further layers are left out")));
}

TEST_F(bert, activations_are_built_as_the_config_says) {
  TinyBert tiny;
  EXPECT_EQ(counts(build(tiny))["Erf"], 2);
  for (const auto* name : {"gelu_new", "gelu_pytorch_tanh"}) {
    tiny.config["hidden_act"] = name;
    EXPECT_EQ(counts(build(tiny))["Tanh"], 3) << name;
  }
  tiny.config["hidden_act"] = "relu";
  EXPECT_EQ(counts(build(tiny))["Relu"], 2);
}

TEST_F(bert, unsupported_settings_are_named_with_what_is_supported) {
  EXPECT_THAT(refused_config("model_type", "gpt2"),
              AllOf(HasSubstr("'model_type' is \"gpt2\""), HasSubstr("bert")));
  EXPECT_THAT(refused_config("model_type", nullptr), HasSubstr("'model_type' is null"));
  EXPECT_THAT(refused_config("architectures", {"BertForQuestionAnswering"}),
              HasSubstr("BertForSequenceClassification"));
  EXPECT_THAT(refused_config("hidden_act", "silu"), HasSubstr("supported: gelu, gelu_python"));
  EXPECT_THAT(refused_config("position_embedding_type", "relative_key"), HasSubstr("supported: absolute"));
  EXPECT_THAT(refused_config("is_decoder", true), HasSubstr("only encoders"));
  EXPECT_THAT(refused_config("num_attention_heads", 5), HasSubstr("a divisor of the hidden size, 32"));
  EXPECT_THAT(refused_config("hidden_size", -1), HasSubstr("'hidden_size' is -1 (a whole number from 1 to"));
  EXPECT_THAT(refused_config("hidden_size", "32"), HasSubstr("a whole number"));
  EXPECT_THAT(refused_config("layer_norm_eps", "small"), HasSubstr("a number is allowed"));
}

TEST_F(bert, missing_and_misshapen_tensors_are_named) {
  TinyBert tiny;
  tiny.weights.erase("encoder.layer.1.output.dense.bias");
  EXPECT_THAT(refusal(tiny), HasSubstr("no tensor 'encoder.layer.1.output.dense.bias' of shape [32]"));
  tiny.add("encoder.layer.1.output.dense.bias", {31});
  EXPECT_THAT(refusal(tiny), AllOf(HasSubstr("has the shape [31]"), HasSubstr("it is [32]")));
  tiny.weights["encoder.layer.1.output.dense.bias"] =
      tensors::Tensor("encoder.layer.1.output.dense.bias", tensors::DType::Int8, {32});
  EXPECT_THAT(refusal(tiny), HasSubstr("is int8: float32, float16"));
}

TEST_F(bert, shards_are_read_by_their_index) {
  const TinyBert tiny;
  const auto whole = build(tiny).proto.SerializeAsString();
  fs::remove(folder() / "model.safetensors");
  const auto in_first = [](const std::string& name) { return name.starts_with("embeddings"); };
  tiny.write_weights(folder() / "a.safetensors", in_first);
  tiny.write_weights(folder() / "b.safetensors", [&](const std::string& name) { return !in_first(name); });
  base::Json map;
  for (const auto& [name, tensor] : tiny.weights)
    map[name] = in_first(name) ? "a.safetensors" : "b.safetensors";
  const auto write_index = [&] {
    write_bytes(folder() / "model.safetensors.index.json", base::Json{{"weight_map", map}}.dump());
  };
  write_index();
  EXPECT_EQ(build().proto.SerializeAsString(), whole);
  EXPECT_THAT(open_checkpoint(folder()).files,
              ElementsAre("config.json", "a.safetensors", "b.safetensors", "model.safetensors.index.json"));

  const auto refused = [&](const std::string& shard) {
    map["pooler.dense.bias"] = shard;
    write_index();
    return message_of([&] { open_checkpoint(folder()); });
  };
  EXPECT_THAT(refused("../b.safetensors"), HasSubstr("the name of a file in the same folder is allowed"));
  EXPECT_THAT(refused("/b.safetensors"), HasSubstr("the same folder"));
  EXPECT_THAT(refused("c.safetensors"), HasSubstr("'c.safetensors' is not in the folder"));
  EXPECT_THAT(refused("a.safetensors"), HasSubstr("'pooler.dense.bias' is not in 'a.safetensors'"));
  write_bytes(folder() / "model.safetensors.index.json", "[]");
  EXPECT_THAT(message_of([&] { open_checkpoint(folder()); }), HasSubstr("'weight_map' is missing"));
}

TEST_F(bert, a_folder_without_safetensors_is_reported_what_it_holds) {
  const TinyBert tiny;
  tiny.write_config(folder());
  const auto refused = [&] { return message_of([&] { open_checkpoint(folder()); }); };
  EXPECT_THAT(refused(), AllOf(HasSubstr("holds no weights"), HasSubstr("download the whole model")));
  write_bytes(folder() / "pytorch_model.bin", "\x80\x02");
  EXPECT_THAT(refused(),
              AllOf(HasSubstr("pytorch_model.bin is not read"), HasSubstr("safe_serialization=True")));
  write_bytes(folder() / "model.onnx", "");
  EXPECT_THAT(refused(), HasSubstr("give " + (folder() / "model.onnx").string()));
}

TEST_F(bert, weights_that_are_a_pointer_or_cut_are_reported) {
  const TinyBert tiny;
  tiny.write_config(folder());
  write_bytes(folder() / "model.safetensors", "version https://git-lfs.github.com/spec/v1\n");
  EXPECT_THAT(message_of([&] { open_checkpoint(folder()); }), HasSubstr("git lfs pull"));
  tiny.write(folder());
  fs::resize_file(folder() / "model.safetensors", 5000);
  EXPECT_THAT(message_of([&] { open_checkpoint(folder()); }), HasSubstr("model.safetensors"));
  write_bytes(folder() / "config.json", "{\"model_type\": ");
  EXPECT_THAT(message_of([&] { open_checkpoint(folder()); }), HasSubstr("config.json: not JSON at byte"));
}

}  // namespace
}  // namespace inferometer::builder
