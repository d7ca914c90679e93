"""Images to one model input, float32 [rows, 3, height, width], prepared as for ImageNet.

The shorter side is scaled to 256/224 of the model's (bilinear), the middle is cut out, values in [0, 1] are
normalized with the means and deviations of ImageNet, channels are red, green, blue. One JSON object on stdin:
images (a file or a folder, read in the order of the names), input, batch_size, height, width, sets, output.
Answers {"rows": N}, or {"error": "..."} with exit 2.
"""
import os
import warnings

import job

import numpy
from PIL import Image
from safetensors.numpy import save_file

MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)
RESIZED_TO_CROPPED = 256 / 224


def list_images(path, limit):
    if not os.path.isdir(path):
        return [path]
    known = Image.registered_extensions()
    names = sorted(name for name in os.listdir(path) if os.path.splitext(name)[1].lower() in known)
    return [os.path.join(path, name) for name in names[:limit]]


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
    pixels = numpy.asarray(picture.crop((left, top, left + width, top + height)), dtype=numpy.float32) / 255
    return ((pixels - MEAN) / DEVIATION).transpose(2, 0, 1)


def run(order):
    batch_size = order["batch_size"]
    paths = list_images(order["images"], batch_size * order["sets"])
    rows = len(paths) // batch_size * batch_size
    if rows == 0:
        raise job.Refused(f"{order['images']}: holds {len(paths)} images, a batch needs {batch_size}")
    pixels = numpy.stack([load(path, order["height"], order["width"]) for path in paths[:rows]])
    save_file({order["input"]: numpy.ascontiguousarray(pixels)}, order["output"])
    return {"rows": rows}


if __name__ == "__main__":
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    job.main(run)
