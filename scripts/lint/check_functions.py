#!/usr/bin/env python3
"""Functions have at most 60 lines (cases of tests 120) and 4 parameters: what needs more holds two things, or wants
a struct. Reads C++ as clang-format writes it, by its brackets; Python by its own parser."""
import ast
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_LINES, MOST_LINES_OF_A_TEST, MOST_PARAMETERS = 60, 120, 4
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
    r"|^[ \t]*#(?:[^\n\\]|\\.)*|\d[\w.]*(?:'\w+)*|[A-Za-z_]\w*|::|->|&&|\|\||<<|[^\w\s]",
    re.MULTILINE | re.DOTALL)
TESTS = {"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "RC_GTEST_PROP"}
TYPES = {"class", "struct", "union", "enum"}
NOT_FUNCTIONS = {"if", "for", "while", "switch", "catch", "return", "static_assert", "decltype", "alignas", "noexcept",
                 "requires"}


def tokens(text):
    """(word, line) of everything that is no comment, string or preprocessor line; a string stays as '""'."""
    found = []
    for match in TOKEN.finditer(text):
        word = match[0]
        if word.startswith(("//", "/*")) or word.lstrip(" \t").startswith("#"):
            continue
        if word[0] in "\"'" or word.startswith('R"'):
            word = '""'
        found.append((word, text.count("\n", 0, match.start()) + 1))
    return found


def closing(words, start):
    """The index of the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(words)):
        if words[index] in ("(", "[", "{"):
            depth += 1
        elif words[index] in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return index
    return len(words) - 1


def count_parameters(words):
    """Of the words between the brackets of a function; commas within brackets and template arguments separate none."""
    if not words or words == ["void"]:
        return 0
    depth, commas = 0, 0
    for index, word in enumerate(words):
        if word in ("(", "[", "{") or (word == "<" and index and re.match(r"\w", words[index - 1])):
            depth += 1
        elif word in (")", "]", "}") or (word == ">" and depth):
            depth -= 1
        elif word == "," and depth == 0:
            commas += 1
    return commas + 1


def function_in(head):
    """(name, words of its parameters) when these words begin a function, else None."""
    index = 0
    while index < len(head):
        word = head[index]
        if word == "=":
            return None
        if word == "operator":
            begin = index + 3 if head[index + 1:index + 3] == ["(", ")"] else index + 1
            if "(" not in head[begin:]:
                return None
            begin = head.index("(", begin)
            end = closing(head, begin)
            return "".join(head[index:begin]), head[begin + 1:end], head[end + 1:]
        if word == "template" and index + 1 < len(head) and head[index + 1] == "<":
            depth, index = 1, index + 2
            while depth and index < len(head):
                depth += (head[index] == "<") - (head[index] == ">")
                index += 1
            continue
        if word == "[":  # an attribute
            index = closing(head, index) + 1
            continue
        if word == "(":
            break
        index += 1
    else:
        return None
    name = head[index - 1] if index else ""
    points = head[index + 1:index + 2] == ["*"]  # int (*name)(...)
    if points or not re.match(r"[A-Za-z_]\w*$", name) or name in NOT_FUNCTIONS:
        return None
    end = closing(head, index)
    return name, head[index + 1:end], head[end + 1:]


def initialises_member(head):
    """Whether a brace after these words belongs to a member in a constructor's list."""
    found = function_in(head)
    return bool(found) and ":" in found[2] and re.match(r"\w|>", head[-1]) is not None


def cpp_functions(text):
    """(name, line, lines, parameters) of each function that is defined or declared; lambdas belong to theirs."""
    listed = tokens(text)
    words = [word for word, _ in listed]
    index, start = 0, 0
    while index < len(words):
        word = words[index]
        head = words[start:index]
        if word in ("public", "private", "protected") and words[index + 1:index + 2] == [":"]:
            index = start = index + 2
        elif word == "(" or word == "[":
            index = closing(words, index) + 1
            if len(head) == 1 and head[0].isupper() and head[0] not in TESTS:
                start = index  # a macro that is a statement of its own
        elif word == ";":
            found = function_in(head)
            if found and len(head) > 3 and found[0] not in TESTS and "using" not in head and "return" not in head:
                yield found[0], listed[start][1], 0, count_parameters(found[1])
            index = start = index + 1
        elif word == "}":
            index = start = index + 1
        elif word != "{":
            index += 1
        elif "namespace" in head or head[:1] == ["extern"] or (set(head) & TYPES and not function_in(head)):
            index = start = index + 1  # what is inside is read
        elif initialises_member(head):
            index = closing(words, index) + 1
        elif found := function_in(head):
            end = closing(words, index)
            name = found[0]
            if name in TESTS:
                name = "".join(found[1])
            yield name, listed[start][1], listed[end][1] - listed[start][1] + 1, \
                0 if found[0] in TESTS else count_parameters(found[1])
            index = start = end + 1
        else:
            index = closing(words, index) + 1  # a braced value


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            own = [argument for argument in arguments if argument.arg not in ("self", "cls")]
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1, len(own)


def problems(name, text):
    is_test = "_test." in name or name.startswith("tests/") or "_fixture." in name
    most = MOST_LINES_OF_A_TEST if is_test else MOST_LINES
    for function, line, lines, parameters in (python_functions if name.endswith(".py") else cpp_functions)(text):
        if lines > most:
            yield f"{name}:{line}: {function} has {lines} lines, at most {most}"
        if parameters > MOST_PARAMETERS:
            yield f"{name}:{line}: {function} has {parameters} parameters, at most {MOST_PARAMETERS}: make a struct of them"


def main():
    listed = subprocess.run(["git", "ls-files", "*.h", "*.cpp", "*.py"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.splitlines()
    found = [problem for name in listed if (ROOT / name).exists() for problem in problems(name, (ROOT / name).read_text())]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
