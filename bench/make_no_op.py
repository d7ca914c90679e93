#!/usr/bin/env python3
"""A model that does nothing: its output is its input of one number. What is left is the cost of calling it.

usage: make_no_op.py FOLDER   writes FOLDER/saved_model and FOLDER/model.tflite; needs TensorFlow's Python
"""
import pathlib
import sys

import tensorflow as tf


class NoOp(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec((1, 1), tf.float32, name="x")])
    def serve(self, x):
        return {"y": tf.reshape(x, (1, 1, 1))}


def main(folder):
    model = NoOp()
    saved_model = str(folder / "saved_model")
    tf.saved_model.save(model, saved_model, signatures={"serving_default": model.serve})
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model, signature_keys=["serving_default"])
    (folder / "model.tflite").write_bytes(converter.convert())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
