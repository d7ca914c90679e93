"""Texts to model inputs by the model's own tokenizer.

One JSON object on stdin: texts, tokenizer, batch_size, sequence_length, sets, from_end (whether the last texts
are wanted, not the first), inputs (name to {column, dtype}: ids, attention_mask or type_ids of the tokenizer, as int64
or int32), output. Writes a safetensors file with an array [rows,
sequence_length] for each input, rows being whole batches for at most `sets` sets. Answers {"rows": N}, or
{"error": "..."} with exit 2.
"""
import collections

import job

import numpy
import tokenizers
from safetensors.numpy import save_file

# Padding of tokenizers that do not say how they pad, in the order of preference.
PADDING_TOKENS = ("[PAD]", "<pad>", "<|endoftext|>", "</s>")


def read_texts(path, limit, from_end):
    """The first `limit` lines that are not blank, or the last."""
    texts = collections.deque(maxlen=limit)
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if len(texts) == limit and not from_end:
                    break
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if text:
                    texts.append(text)
    except UnicodeDecodeError as error:
        place = f"{path}: line {number}, byte {error.start + 1}"
        raise job.Refused(f"{place} is no UTF-8: save the file as UTF-8") from None
    except OSError as error:
        raise job.Refused(f"{path}: cannot be read: {error.strerror}") from None
    return list(texts)


def load_tokenizer(path, sequence_length):
    try:
        tokenizer = tokenizers.Tokenizer.from_file(path)
    except Exception as error:  # the library raises plain Exception for every kind of damage
        raise job.Refused(f"{path}: is no tokenizer.json that the tokenizers library reads: {error}") from None
    tokenizer.enable_truncation(max_length=sequence_length)
    padding = tokenizer.padding or {}
    if not padding:
        token = next((name for name in PADDING_TOKENS if tokenizer.token_to_id(name) is not None), None)
        if token is None:
            raise job.Refused(f"{path}: names no padding and has none of the tokens {', '.join(PADDING_TOKENS)}")
        padding = {"pad_token": token, "pad_id": tokenizer.token_to_id(token)}
    tokenizer.enable_padding(**{**padding, "length": sequence_length, "pad_to_multiple_of": None})
    return tokenizer


def run(order):
    batch_size = order["batch_size"]
    texts = read_texts(order["texts"], batch_size * order["sets"], order["from_end"])
    rows = len(texts) // batch_size * batch_size
    if rows == 0:
        raise job.Refused(f"{order['texts']}: holds {len(texts)} texts (one a line), a batch needs {batch_size}")
    encodings = load_tokenizer(order["tokenizer"], order["sequence_length"]).encode_batch(texts[:rows])
    arrays = {
        name: numpy.array([getattr(encoding, wanted["column"]) for encoding in encodings], dtype=wanted["dtype"])
        for name, wanted in order["inputs"].items()
    }
    save_file(arrays, order["output"])
    return {"rows": rows}


if __name__ == "__main__":
    job.main(run)
