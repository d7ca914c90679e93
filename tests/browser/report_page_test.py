"""The HTML report in a real browser. usage: report_page_test.py PRINT_PAGE [unittest arguments]

Exits with 77, which ctest shows as skipped, where chromium is not installed.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import browser

SKIPPED = 77
SIZES = ((1280, 800), (390, 844))
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Letters of drawings that leave the page, or that stand on other letters of the same drawing.
CLIPPED = """[...document.querySelectorAll('svg.plot text')].filter((text) => {
  const box = text.getBoundingClientRect();
  return box.left < 0 || box.right > document.documentElement.clientWidth;
}).map((text) => text.textContent)"""
OVERLAPPING = """[...document.querySelectorAll('svg.plot')].flatMap((plot) => {
  const texts = [...plot.querySelectorAll('text')];
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom - 3 <= b.top || b.bottom - 3 <= a.top;
  return boxes.flatMap((a, i) => boxes.slice(0, i).flatMap((b, j) =>
    apart(a, b) ? [] : [texts[i].textContent + ' on ' + texts[j].textContent]));
})"""
PAGES = {}


def sort_by(column):
    return f"""(() => {{
      const table = document.querySelector('table.sortable');
      const heads = [...table.tHead.rows[0].cells];
      const column = heads.findIndex((head) => head.textContent.startsWith({column!r}));
      heads[column].querySelector('button').click();
      return [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.v);
    }})()"""


class ReportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = browser.Browser()
        cls.browser = context.__enter__()
        cls.addClassCleanup(context.__exit__)

    def looked_at(self, page, size):
        self.browser.size(*size)
        self.browser.open(PAGES[page])

    def test_nothing_is_requested_and_nothing_complained_about(self):
        for page in PAGES:
            self.looked_at(page, SIZES[0])
            self.assertEqual(self.browser.requests(), [f"file://{PAGES[page]}"], page)
            self.assertEqual(self.browser.console(), [], page)

    def test_the_verdict_is_visible_without_scrolling(self):
        for size in SIZES:
            self.looked_at("plain", size)
            bottom = self.browser.run("document.querySelector('.sentence').getBoundingClientRect().bottom")
            self.assertLess(bottom, size[1] / 2, size)

    def test_no_page_is_wider_than_its_window(self):
        for page in PAGES:
            for size in SIZES:
                self.looked_at(page, size)
                self.assertFalse(self.browser.run(SIDEWAYS), (page, size))

    def test_letters_of_drawings_are_neither_cut_nor_on_top_of_each_other(self):
        for page in ("plain", "crowded"):
            for size in SIZES:
                self.looked_at(page, size)
                self.assertEqual(self.browser.run(CLIPPED), [], (page, size))
                self.assertEqual(self.browser.run(OVERLAPPING), [], (page, size))

    def test_the_table_sorts_by_number_both_ways_with_blanks_last(self):
        self.looked_at("plain", SIZES[0])
        up = self.browser.run(sort_by("median"))
        numbers = [float(value) for value in up if value]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(up[-1], "", "the candidate that crashed")
        down = self.browser.run(sort_by("median"))
        self.assertEqual(down, [value for value in reversed(up) if value] + [""])
        words = self.browser.run(sort_by("verdict"))
        self.assertEqual(words, sorted(words, key=lambda word: (word == "", word.lower())))

    def test_pointing_at_a_legend_lights_the_candidate_everywhere(self):
        self.looked_at("plain", SIZES[0])
        lit = self.browser.run("""(() => {
          document.querySelector('.legend [data-c="c1"]').dispatchEvent(
            new PointerEvent('pointerover', {bubbles: true}));
          return [...document.querySelectorAll('.lit')].map((one) => one.tagName + one.dataset.c);
        })()""")
        self.assertEqual(set(lit), {"LIc1", "gc1", "TRc1"})

    def test_a_hostile_name_runs_nothing(self):
        self.looked_at("hostile", SIZES[0])
        self.assertEqual(self.browser.run("document.querySelectorAll('img, script:not(:last-child)').length"), 0)
        self.assertIn("onerror=alert(1)", self.browser.run("document.body.innerText"))

    def test_the_dark_page_is_dark(self):
        colour = "getComputedStyle(document.body).backgroundColor"
        self.looked_at("plain", SIZES[0])
        light = self.browser.run(colour)
        with browser.Browser(dark=True) as dark:
            dark.open(PAGES["plain"])
            self.assertNotEqual(dark.run(colour), light)

    def test_the_page_is_whole_with_scripts_off(self):
        with browser.Browser(scripts=False) as quiet:
            quiet.size(*SIZES[0])
            quiet.open(PAGES["plain"])
            self.assertEqual(quiet.run("document.querySelectorAll('table.sortable button').length"), 0,
                             "the script of the page ran")
            text = quiet.run("document.body.innerText")
            for words in ("openvino is 1.43x faster", "crashed in load: SIGSEGV", "What was not tested"):
                self.assertIn(words, text)
            self.assertGreater(quiet.run("document.querySelectorAll('svg.plot').length"), 6)


def main():
    missing = browser.missing()
    if missing:
        print(f"skipped: {' and '.join(missing)} not installed (scripts/setup/system_packages.sh test)")
        return SKIPPED
    print_page, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="inferometer-pages-") as folder:
        for name in ("plain", "hostile", "crowded"):
            file = pathlib.Path(folder) / f"{name}.html"
            file.write_bytes(subprocess.run([print_page, name], check=True, capture_output=True).stdout)
            PAGES[name] = str(file)
        return 0 if unittest.main(argv=[sys.argv[0], *arguments], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
