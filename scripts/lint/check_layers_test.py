import pathlib
import tempfile
import unittest

from check_layers import Tree, layer_table

TABLE = """
| module | holds | may include |
|---|---|---|
| `base` | small pieces | |
| `plan` | plans | |
| `cli` | commands | all |
| `builder/hub` | downloads | plan |
| `workers/sdk/cpp` | the loop | |
| `workers/testing` | what tests share | |
| `workers/*` | engines | workers/sdk/cpp, workers/testing |
"""


class Layers(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        for name in ("src/base/a.h", "src/plan/plan.h", "src/cli/cli.h", "workers/sdk/cpp/loop.h", "workers/one/one.h",
                     "workers/testing/model.h"):
            self.write(name, "")

    def write(self, name, text):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def problems(self):
        return list(Tree(self.root, layer_table(TABLE)).problems())

    def test_what_the_rows_allow_is_silent(self):
        self.write("builder/hub/a.cpp", '#include "base/a.h"\n#include "plan/plan.h"\n#include <cli/cli.h>\n')
        self.write("workers/one/one.cpp", '#include "one/one.h"\n#include "sdk/cpp/loop.h"\n')
        self.assertEqual(self.problems(), [])

    def test_an_include_that_no_row_allows_is_named_with_its_line(self):
        self.write("builder/hub/a.cpp", '\n#include "cli/cli.h"\n')
        self.assertEqual(self.problems(),
                         ["builder/hub/a.cpp:2: builder/hub may not include cli (allowed: base, plan)"])

    def test_one_engine_does_not_include_another(self):
        self.write("workers/two/two.cpp", '#include "one/one.h"\n')
        self.assertIn("workers/two may not include workers/one", self.problems()[0])

    def test_what_tests_share_is_not_in_a_program(self):
        self.write("workers/one/one_test.cpp", '#include "testing/model.h"\n')
        self.assertEqual(self.problems(), [])
        self.write("workers/one/one.cpp", '#include "testing/model.h"\n')
        self.assertEqual(self.problems(), ["workers/one/one.cpp:1: workers/testing is for tests alone"])

    def test_python_imports_are_read_too(self):
        self.write("workers/two/words.py", "import os\n")
        self.write("workers/three/three.py", "import json\nimport words\n")
        self.assertIn("workers/three/three.py:2: workers/three may not include workers/two", self.problems()[0])

    def test_a_folder_without_a_row_and_a_row_without_a_folder_are_named(self):
        self.write("src/new/new.cpp", "")
        (self.root / "src/plan/plan.h").unlink()
        (self.root / "src/plan").rmdir()
        self.assertEqual(self.problems(), ["src/new: is in only one of src/ and the layer table",
                                           "src/plan: is in only one of src/ and the layer table",
                                           "src/new/new.cpp: its folder has no row in the layer table"])

    def test_modules_are_those_that_are_included_and_allowed(self):
        self.write("src/base/CMakeLists.txt", "inferometer_module(base SOURCES a.cpp)")
        self.write("src/plan/CMakeLists.txt", "inferometer_module(plan\n  SOURCES a.cpp\n  MODULES base cli)")
        self.write("src/cli/CMakeLists.txt", "inferometer_module(cli\n  MODULES base)")
        self.write("src/cli/cli.cpp", '#include "plan/plan.h"\n')
        self.assertEqual(self.problems(), ["src/cli/CMakeLists.txt: includes plan, and MODULES does not list it",
                                           "src/plan/CMakeLists.txt: plan may not link cli"])

    def test_a_cycle_of_rows_is_refused(self):
        rows = layer_table("| `base` | x | |\n| `plan` | x | cli |\n| `cli` | x | plan |")
        self.assertIn("the layer table has a cycle among: cli, plan", list(Tree(self.root, rows).problems()))


if __name__ == "__main__":
    unittest.main()
