"""A network of keras.applications to a SavedModel of one batch size.

One JSON object on stdin: application (MobileNetV2, ...), weights (file; "" for random ones), seed, batch_size, parts
(`model`: the folder to write). Input `image`, float32 [batch, 224, 224, 3], as the network's preprocessing leaves it; output
`logits`: without softmax, whose probabilities of a thousand classes would vanish in int8.
"""
import job

import keras
import numpy
import tensorflow as tf

import saved_model

SIDE = 224
WARM_UP_BATCHES = 2


def with_random_weights(build, seed):
    """Normalizations have seen some noise, as they would have seen pictures; else they change nothing."""
    keras.utils.set_random_seed(seed)
    network = build(weights=None, classifier_activation=None)
    noise = numpy.random.default_rng(seed)
    for _ in range(WARM_UP_BATCHES):
        network(noise.standard_normal((4, SIDE, SIDE, 3), dtype=numpy.float32), training=True)
    return network


def run(order):
    build = getattr(keras.applications, order["application"])
    job.notify("building the network")
    if order["weights"]:
        network = build(weights=order["weights"], classifier_activation=None)
    else:
        network = with_random_weights(build, order["seed"])
    signature = [tf.TensorSpec((order["batch_size"], SIDE, SIDE, 3), tf.float32, name="image")]

    def serve(image):
        return {"logits": network(image, training=False)}

    saved_model.write([variable.value for variable in network.variables], serve, signature, order["parts"]["model"])
    return {}


if __name__ == "__main__":
    job.main(run)
