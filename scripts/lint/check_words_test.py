import unittest

from check_words import problems


class Words(unittest.TestCase):
    def test_a_word_is_found_within_names_too(self):
        for line in ("is told", "sentence_told", "Told(x)", "TOLD = 1", "LayOut x", "carries out", "kPatience", "speaks_of",
                     "speaksOf", "struct Field {", "suite::Prospect"):
            self.assertEqual(len(list(problems("a.cpp", "\n" + line))), 1, line)

    def test_other_words_with_the_same_letters_are_not(self):
        for line in ("untold", "standstill", "layout", "output", "a field", "FieldReader", "bold"):
            self.assertEqual(list(problems("a.cpp", line)), [], line)

    def test_the_message_names_the_line_and_what_to_write(self):
        self.assertEqual(list(problems("a.cpp", "x\nbeneath")),
                         ["a.cpp:2: 'beneath' is not a word of this project: write in, under"])


if __name__ == "__main__":
    unittest.main()
