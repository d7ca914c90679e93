"""A checkpoint to a SavedModel of one batch size and sequence length.

One JSON object on stdin: checkpoint (folder, see checkpoint.py), inputs (names in the order of the signature),
outputs (names), batch_size, sequence_length, parts (`model`: the folder to write). Inputs are int32 [batch, sequence].
"""
import job

import tensorflow as tf

import checkpoint
import saved_model


def run(order):
    job.notify("reading the checkpoint")
    model = checkpoint.TextModel(order["checkpoint"])
    model.prepare(order["outputs"])
    shape = (order["batch_size"], order["sequence_length"])
    signature = [tf.TensorSpec(shape, tf.int32, name=name) for name in order["inputs"]]

    def serve(*values):
        return model.outputs(dict(zip(order["inputs"], values)), order["outputs"])

    saved_model.write(model.variables, serve, signature, order["parts"]["model"])
    return {}


if __name__ == "__main__":
    job.main(run)
