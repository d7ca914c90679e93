#!/usr/bin/env python3
"""A model run by the engine's own Python, in blocks, when bench/own_python.py says so.

usage: python_loop.py WAY MODEL INPUTS
  WAY     tensorflow (a SavedModel folder, called as TensorFlow 2 does, by its signature), tensorflow_session (the
          same by a session, as TensorFlow 1 did and as our worker does in C) or litert (a TFLite file)
  MODEL   has the signature serving_default
  INPUTS  safetensors file to write: the values that this process runs on
Each line of stdin, {"discard": N, "runs": N}, is answered by {"cpu_ns": N, "wall_ns": N} of the runs that were
not discarded; the first answer, {"version": "..."}, comes when the model is loaded.
"""
import json
import os
import sys
import time

import numpy
from safetensors.numpy import save_file

SIGNATURE = "serving_default"


def values_of(shape, dtype):
    """Words of a vocabulary, ones for everything that is no word, or numbers around 0; always the same."""
    random = numpy.random.default_rng(1)
    if numpy.issubdtype(dtype, numpy.integer):
        return random.integers(1000, 20000, shape).astype(dtype)
    return random.standard_normal(shape).astype(dtype)


def named_values(name, shape, dtype):
    if name == "attention_mask":
        return numpy.ones(shape, dtype)
    if name == "token_type_ids":
        return numpy.zeros(shape, dtype)
    return values_of(shape, dtype)


def load_tensorflow(file):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = tf.saved_model.load(file)
    function = model.signatures[SIGNATURE]
    specs = function.structured_input_signature[1]
    values = {name: named_values(name, tuple(spec.shape), spec.dtype.as_numpy_dtype) for name, spec in specs.items()}
    tensors = {name: tf.constant(value) for name, value in values.items()}

    def run(model=model):  # a signature does not keep its model alive
        function(**tensors)

    return run, values, tf.__version__


def load_tensorflow_session(file):
    import tensorflow as tf

    config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    session = tf.compat.v1.Session(graph=tf.Graph(), config=config)
    signature = tf.compat.v1.saved_model.load(session, ["serve"], file).signature_def[SIGNATURE]
    values = {name: named_values(name, tuple(size.size for size in one.tensor_shape.dim), tf.as_dtype(one.dtype).as_numpy_dtype)
              for name, one in signature.inputs.items()}
    run = session.make_callable([one.name for one in signature.outputs.values()], [signature.inputs[name].name for name in values])
    return lambda: run(*values.values()), values, tf.__version__


def load_litert(file):
    import importlib.metadata
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=file, num_threads=1)
    interpreter.allocate_tensors()
    details = interpreter.get_signature_runner(SIGNATURE).get_input_details()
    values = {name: named_values(name, tuple(one["shape"]), one["dtype"]) for name, one in details.items()}
    for name, value in values.items():
        interpreter.set_tensor(details[name]["index"], value)
    return interpreter.invoke, values, importlib.metadata.version("ai-edge-litert")


WAYS = {"tensorflow": load_tensorflow, "tensorflow_session": load_tensorflow_session, "litert": load_litert}


def block(run, order):
    for _ in range(order["discard"]):
        run()
    begin_wall = time.perf_counter_ns()
    begin_cpu = time.process_time_ns()
    for _ in range(order["runs"]):
        run()
    return {"cpu_ns": time.process_time_ns() - begin_cpu, "wall_ns": time.perf_counter_ns() - begin_wall}


def main(way, model, inputs):
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # libraries print there
    run, values, version = WAYS[way](model)
    save_file({name: numpy.ascontiguousarray(value) for name, value in values.items()}, inputs)
    print(json.dumps({"version": version}), file=answers)
    for line in sys.stdin:
        print(json.dumps(block(run, json.loads(line))), file=answers)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
