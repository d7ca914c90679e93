"""How the scripts of this folder are asked and answer: one JSON object on stdin, one on stdout."""
import json
import sys


class Refused(Exception):
    """What the user gave cannot be used; the text is the whole message for the user."""


def main(run):
    order = json.load(sys.stdin)
    try:
        answer = run(order)
    except Refused as refused:
        json.dump({"error": str(refused)}, sys.stdout)
        sys.exit(2)
    json.dump(answer, sys.stdout)
