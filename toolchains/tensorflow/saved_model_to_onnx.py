"""A SavedModel to an ONNX file, by tf2onnx's own program. Inputs and outputs have the names of the signature.

One JSON object on stdin: saved_model (folder), output (file).
"""
import sys

import job

import tf2onnx.convert

import saved_model

OPSET = "17"


def run(order):
    job.notify("converting the graph")
    sys.argv = ["tf2onnx", "--saved-model", order["saved_model"], "--signature_def", saved_model.SIGNATURE]
    sys.argv += ["--opset", OPSET, "--output", order["output"]]
    tf2onnx.convert.main()
    return {}


if __name__ == "__main__":
    job.main(run)
