"""A SavedModel to an ONNX file, by tf2onnx's own program. Inputs and outputs have the names of the signature.

One JSON object on stdin: from (`model`: the folder of the SavedModel), parts (`model`: the file to write).
"""
import sys

import job

import tf2onnx.convert

import saved_model

OPSET = "17"


def run(order):
    job.notify("converting the graph")
    sys.argv = ["tf2onnx", "--saved-model", order["from"]["model"], "--signature_def", saved_model.SIGNATURE]
    sys.argv += ["--opset", OPSET, "--output", order["parts"]["model"]]
    tf2onnx.convert.main()
    return {}


if __name__ == "__main__":
    job.main(run)
