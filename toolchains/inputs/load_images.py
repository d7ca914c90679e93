"""Images to one model input, [rows, 3, height, width] or [rows, height, width, 3].

The shorter side is scaled to 256/224 of the model's (bilinear), the middle is cut out, channels are red, green,
blue. One JSON object on stdin: images (a file or a folder, read in the order of the names), input, batch_size,
height, width, channels_first, dtype (float32, uint8, int8), scaling (a name of SCALINGS), scale and zero_point
(of an int8 input), sets, from_end (whether the last images are wanted, not the first), output. Answers
{"rows": N}, or {"error": "..."} with exit 2.
"""
import os
import warnings

import job

import numpy
from PIL import Image
from safetensors.numpy import save_file

MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)
CAFFE_MEAN = numpy.array([103.939, 116.779, 123.68], dtype=numpy.float32)
RESIZED_TO_CROPPED = 256 / 224

# What becomes of bytes [height, width, red green blue].
SCALINGS = {
    "imagenet": lambda pixels: (pixels / 255 - MEAN) / DEVIATION,
    "symmetric": lambda pixels: pixels / 127.5 - 1,
    "unit": lambda pixels: pixels / 255,
    "raw": lambda pixels: pixels,
    "caffe": lambda pixels: pixels[..., ::-1] - CAFFE_MEAN,
}


def list_images(path, limit, from_end):
    if not os.path.isdir(path):
        return [path]
    known = Image.registered_extensions()
    names = sorted(name for name in os.listdir(path) if os.path.splitext(name)[1].lower() in known)
    return [os.path.join(path, name) for name in (names[-limit:] if from_end else names[:limit])]


def load(path, height, width):
    try:
        with Image.open(path) as image:
            picture = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise job.Refused(f"{path}: is no image that Pillow reads: {error}") from None
    scale = max(height / picture.height, width / picture.width) * RESIZED_TO_CROPPED
    size = (max(width, round(picture.width * scale)), max(height, round(picture.height * scale)))
    picture = picture.resize(size, Image.Resampling.BILINEAR)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return numpy.asarray(picture.crop((left, top, left + width, top + height)))


def as_input(picture, order):
    """The bytes of a picture as the values that the input takes."""
    values = SCALINGS[order["scaling"]](picture.astype(numpy.float32))
    if order["dtype"] == "int8":
        values = numpy.clip(numpy.rint(values / order["scale"]) + order["zero_point"], -128, 127)
    if order["channels_first"]:
        values = values.transpose(2, 0, 1)
    return values.astype(order["dtype"])


def run(order):
    batch_size = order["batch_size"]
    paths = list_images(order["images"], batch_size * order["sets"], order["from_end"])
    rows = len(paths) // batch_size * batch_size
    if rows == 0:
        raise job.Refused(f"{order['images']}: holds {len(paths)} images, a batch needs {batch_size}")
    values = [as_input(load(path, order["height"], order["width"]), order) for path in paths[:rows]]
    save_file({order["input"]: numpy.ascontiguousarray(numpy.stack(values))}, order["output"])
    return {"rows": rows}


if __name__ == "__main__":
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    job.main(run)
