"""How the scripts of the toolchains are asked and answer: one JSON object on stdin, one on stdout."""
import json
import os
import sys
import traceback

# What follows this at the start of a line on stderr is shown to the user as it comes.
PROGRESS = "progress: "


class Refused(Exception):
    """What the user gave cannot be used; the text is the whole message for the user."""


def notify(sentence):
    print(PROGRESS + sentence, file=sys.stderr, flush=True)


def main(run):
    order = json.load(sys.stdin)
    # Libraries print to stdout, which is for the answer alone.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        answer = run(order)
    except Refused as refused:
        json.dump({"error": str(refused)}, answers)
        answers.close()
        sys.exit(2)
    except Exception as failure:
        traceback.print_exc()
        # The last line is what the user reads, and messages of libraries have many.
        sys.exit(f"{type(failure).__name__}: {' '.join(str(failure).split())}")
    json.dump(answer, answers)
    answers.close()
