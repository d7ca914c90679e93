"""Writing SavedModels that TensorFlow's C API can run too.

keras.export keeps every variable twice, which doubles the file; a plain module keeps each once.
"""
import tensorflow as tf

SIGNATURE = "serving_default"


def write(variables, serve, signature, folder):
    """`serve`: tensors in the order of `signature` to a dict of outputs. `variables`: all that it reads."""
    module = tf.Module()
    module.kept = variables
    function = tf.function(serve, input_signature=signature, autograph=False)
    tf.saved_model.save(module, folder, signatures={SIGNATURE: function})
