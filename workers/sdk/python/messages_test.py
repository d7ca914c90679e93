"""The messages of this SDK against the examples that every SDK must agree with: schema/protocol_lines.jsonl."""
import json
import pathlib
import unittest

from inferometer_worker import messages

LINES = pathlib.Path(__file__).resolve().parents[3] / "schema" / "protocol_lines.jsonl"
KNOWN = {"coordinator": messages.REQUESTS, "worker": messages.REPLIES}


def examples():
    return [json.loads(line) for line in LINES.read_text().splitlines()]


def decode(example):
    """Raises ProtocolError for a line that breaks the protocol."""
    message = messages.parse(example["line"].encode())
    if example["from"] == "describe":
        messages.check({"id": 0, "nonce": "", **message}, {"description": messages.DESCRIPTION})
    else:
        messages.check(message, KNOWN[example["from"]])
    return message


class Messages(unittest.TestCase):
    def test_every_good_line_is_read_and_written_back_byte_for_byte(self):
        good = [example for example in examples() if "wrong" not in example]
        self.assertGreater(len(good), 10)
        for example in good:
            with self.subTest(line=example["line"][:80]):
                self.assertEqual(messages.encode(decode(example)).decode(), example["line"] + "\n")

    def test_every_line_that_breaks_the_protocol_is_refused(self):
        bad = [example for example in examples() if "wrong" in example]
        self.assertGreater(len(bad), 10)
        for example in bad:
            with self.subTest(wrong=example["wrong"], line=example["line"][:80]):
                self.assertRaises(messages.ProtocolError, decode, example)

    def test_every_message_has_an_example(self):
        seen = {(example["from"], json.loads(example["line"])["type"]) for example in examples() if "wrong" not in example}
        for sender, known in KNOWN.items():
            self.assertLessEqual({(sender, kind) for kind in known}, seen)

    def test_what_no_text_example_can_show_is_refused(self):
        deep = b'{"type":"close","id":1,"nonce":"n","more":' + b"[" * 64 + b"]" * 64 + b"}"
        for line in (b'{"type":"close","id":1,"nonce":"\xff"}', b'{"type":"close","id":1,"nonce":"\\ud800"}',
                     b'{"type":"close","id":NaN,"nonce":"n"}', b'{"type":"close","id":true,"nonce":"n"}', deep,
                     b"[" * 100_000):
            with self.subTest(line=line[:60]):
                self.assertRaises(messages.ProtocolError, messages.decode_request, line)

    def test_unknown_fields_are_ignored(self):
        self.assertEqual(messages.decode_request(b'{"type":"close","id":1,"nonce":"n","news":[[]]}')["type"], "close")


if __name__ == "__main__":
    unittest.main()
