"""A SavedModel with fixed shapes to a TFLite file.

One JSON object on stdin: from (`model`: the folder of the SavedModel), precision (float32, float16, int8-dynamic,
int8), samples (safetensors files with one set of inputs each, for int8 only), parts (`model`: the file to write).
- float16: weights only; the engine computes in float32.
- int8-dynamic: weights int8, activations quantized as they come.
- int8: weights and activations int8, by the ranges that the samples show; inputs and outputs stay as they are.
"""
import pathlib

import job

import tensorflow as tf
from safetensors.numpy import load_file

import saved_model


def samples_of(files):
    def samples():
        for number, file in enumerate(files, 1):
            job.notify(f"reading ranges of values, sample {number} of {len(files)}")
            yield load_file(file)

    return samples


def run(order):
    converter = tf.lite.TFLiteConverter.from_saved_model(order["from"]["model"], signature_keys=[saved_model.SIGNATURE])
    precision = order["precision"]
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if precision == "int8":
        converter.representative_dataset = samples_of(order["samples"])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    job.notify("converting the graph")
    pathlib.Path(order["parts"]["model"]).write_bytes(converter.convert())
    return {}


if __name__ == "__main__":
    job.main(run)
