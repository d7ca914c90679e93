"""Checkpoints as Keras models: a folder with config.json and model.safetensors (float32, the names of the model
class), as the builder writes it whatever the user's checkpoint looked like.

The encoders are keras-hub's. Where they differ from the published models, that is repaired here; the truth
check holds every variant against the native ONNX model, which was validated against the original framework:
- BERT: keras-hub computes GELU by tanh, whatever config.json says, and has two token types.
- All: it takes the smallest number of normalizations from its own head, not from config.json.
- RoBERTa: keras-hub leaves the row of token types out, and counts positions by place where the published model
  counts the tokens that are no padding.
"""
import json
import pathlib

import job

import keras
import keras_hub
import numpy
import tensorflow as tf
from safetensors.numpy import load_file, save_file

BACKBONES = {
    "bert": keras_hub.models.BertBackbone,
    "distilbert": keras_hub.models.DistilBertBackbone,
    "roberta": keras_hub.models.RobertaBackbone,
}
# Dense layer, activation and Dense layer between the first token and the labels of a text.
SEQUENCE_HEADS = {
    "bert": ("pooler.dense", tf.tanh, "classifier"),
    "distilbert": ("pre_classifier", tf.nn.relu, "classifier"),
    "roberta": ("classifier.dense", tf.tanh, "classifier.out_proj"),
}
POOLER = "pooler.dense"
TOKEN_TYPES = "embeddings.token_type_embeddings.weight"
# Beginnings of names that keras-hub wants to see behind that of the model type.
ENCODER = ("embeddings.", "encoder.", "transformer.", "pooler.")


def gelu_by_tanh(x):
    return keras.activations.gelu(x, approximate=True)


ACTIVATIONS = {
    "gelu": keras.activations.gelu,
    "gelu_new": gelu_by_tanh,
    "gelu_pytorch_tanh": gelu_by_tanh,
    "relu": keras.activations.relu,
}


# What keras-hub reads of config.json, where that leaves it out: the defaults of the published classes. (Dropout
# has no part in inference.)
DEFAULTS = {
    "bert": {"vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
             "intermediate_size": 3072, "max_position_embeddings": 512},
    "distilbert": {"vocab_size": 30522, "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
                   "max_position_embeddings": 512, "dropout": 0},
    "roberta": {"vocab_size": 50265, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
                "intermediate_size": 3072, "max_position_embeddings": 512, "hidden_dropout_prob": 0},
}


def two_rows(token_types):
    """The table as keras-hub's BERT wants it; no token is ever of a type that is added here."""
    rows = len(token_types)
    if rows > 2:
        raise job.Refused(
            f"config.json: 'type_vocab_size' is {rows}: keras-hub, which makes this variant, knows up to 2 token types; "
            "measure onnx/float32, which has them all")
    return token_types if rows == 2 else numpy.concatenate([token_types, token_types * 0])


class TextModel:
    """`variables`: all that a saved model of it must hold."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        config = json.loads((folder / "config.json").read_text())
        # null says what leaving it out says.
        self.config = {key: value for key, value in config.items() if value is not None}
        self.weights = load_file(folder / "model.safetensors")
        self.kind = self.config["model_type"]
        if self.kind not in BACKBONES:
            raise job.Refused(f"no Keras model is known for model_type '{self.kind}' (known: {', '.join(BACKBONES)})")
        self._add_what_keras_hub_wants(folder)
        self.backbone = BACKBONES[self.kind].from_preset(str(folder))
        self._repair_layers()
        self.variables = [variable.value for variable in self.backbone.variables]
        self.dense_layers = {}
        if self.kind == "roberta":
            types = self.weights[TOKEN_TYPES][0]
            table = self.weights["embeddings.position_embeddings.weight"] + types
            self.positions = self._variable(table, "positions")

    def _add_what_keras_hub_wants(self, folder):
        (folder / "config.json").write_text(json.dumps(DEFAULTS[self.kind] | self.config))
        named = {f"{self.kind}.{name}" if name.startswith(ENCODER) else name: w for name, w in self.weights.items()}
        if self.kind == "bert" and POOLER + ".weight" not in self.weights:
            # Its BERT has a pooler, which checkpoints for token labels lack; nothing of ours reads it then.
            word = self.weights["embeddings.word_embeddings.weight"]
            named["bert." + POOLER + ".weight"] = word[:1].repeat(word.shape[1], 0) * 0
            named["bert." + POOLER + ".bias"] = word[0] * 0
        if self.kind == "bert":
            named["bert." + TOKEN_TYPES] = two_rows(self.weights[TOKEN_TYPES])
        save_file(named, folder / "model.safetensors")

    def _repair_layers(self):
        name = self.config.get("activation" if self.kind == "distilbert" else "hidden_act", "gelu")
        # DistilBERT's is no setting.
        epsilon = 1e-12 if self.kind == "distilbert" else self.config.get("layer_norm_eps", 1e-12)
        for layer in self.backbone._flatten_layers():
            if "gelu" in getattr(getattr(layer, "activation", None), "__name__", ""):
                layer.activation = ACTIVATIONS[name]
            if isinstance(layer, keras.layers.LayerNormalization):
                layer.epsilon = epsilon

    def _variable(self, values, name):
        variable = tf.Variable(values, trainable=False, name=name)
        self.variables.append(variable)
        return variable

    def prepare(self, outputs):
        """Makes the variables of the layers that follow the encoder."""
        dense = []
        if "pooler_output" in outputs:
            dense = [POOLER]
        elif "logits" in outputs:
            first, _, labels = SEQUENCE_HEADS[self.kind]
            dense = ["classifier"] if self.labels_tokens() else [first, labels]
        for name in dense:
            kernel = self._variable(self.weights[name + ".weight"].T, name + ".kernel")
            bias = self._variable(self.weights[name + ".bias"], name + ".bias")
            self.dense_layers[name] = (kernel, bias)

    def labels_tokens(self):
        return self.config["architectures"][0].endswith("ForTokenClassification")

    def outputs(self, inputs, names):
        """`names` of last_hidden_state, pooler_output, logits."""
        hidden = self._encode(inputs)
        if "logits" in names:
            return {"logits": self._logits(hidden)}
        found = {"last_hidden_state": hidden}
        if "pooler_output" in names:
            found["pooler_output"] = tf.tanh(self._dense(POOLER, hidden[:, 0]))
        return found

    def _dense(self, name, x):
        kernel, bias = self.dense_layers[name]
        return tf.matmul(x, kernel) + bias

    def _logits(self, hidden):
        if self.labels_tokens():
            by_token = self._dense("classifier", tf.reshape(hidden, (-1, hidden.shape[-1])))
            return tf.reshape(by_token, (hidden.shape[0], hidden.shape[1], by_token.shape[-1]))
        first, activation, labels = SEQUENCE_HEADS[self.kind]
        return self._dense(labels, activation(self._dense(first, hidden[:, 0])))

    def _encode(self, inputs):
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        if self.kind == "roberta":
            return self._encode_roberta(ids, mask)
        given = {"token_ids": ids, "padding_mask": mask}
        if self.kind == "distilbert":
            return self.backbone(given, training=False)
        return self.backbone(given | {"segment_ids": inputs["token_type_ids"]}, training=False)["sequence_output"]

    def _encode_roberta(self, ids, mask):
        padding = self.config.get("pad_token_id", 1)
        present = tf.cast(tf.not_equal(ids, padding), tf.int32)
        places = tf.cumsum(present, axis=1) * present + padding
        x = self.backbone.embeddings.token_embedding(ids) + tf.gather(self.positions, places)
        x = self.backbone.get_layer("embeddings_layer_norm")(x)
        for number in range(self.backbone.num_layers):
            x = self.backbone.get_layer(f"transformer_layer_{number}")(x, padding_mask=mask, training=False)
        return x
