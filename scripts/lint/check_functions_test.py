import unittest

from check_functions import cpp_functions, problems, python_functions


def names(text):
    return [(name, lines, parameters) for name, _, lines, parameters in cpp_functions(text)]


class CppFunctions(unittest.TestCase):
    def test_parameters_are_counted_without_the_commas_of_their_types(self):
        self.assertEqual(names("int f(std::map<int, std::pair<int, int>> a, int (*b)(int, int), int c = g(1, 2)) {}"),
                         [("f", 1, 3)])
        self.assertEqual(names("void f() {}\nvoid g(void) {}"), [("f", 1, 0), ("g", 1, 0)])

    def test_a_declaration_is_counted_and_a_pointer_to_a_function_is_not(self):
        self.assertEqual(names("struct A { int f(int a, int b) const; int (*g)(int, int, int, int, int); };"),
                         [("f", 0, 2)])

    def test_constructors_with_lists_of_members_and_operators_are_functions(self):
        text = "A::A(int a, int b) : a_{a}, b_(b) {\n  f({1, 2});\n}\nA& operator=(A&& other) {\n}\nint operator()(int a) {}"
        self.assertEqual(names(text), [("A", 3, 2), ("operator=", 2, 1), ("operator()", 1, 1)])

    def test_what_follows_access_words_values_and_macros_is_found(self):
        text = "FIELDS(A, b, c, d, e, f)\nconst int kA[] = {1, 2};\nclass B {\n public:\n  void f(int a) {}\n};"
        self.assertEqual(names(text), [("f", 1, 1)])

    def test_brackets_in_comments_strings_and_numbers_do_not_count(self):
        text = 'void f() {\n  // }\n  g("}", R"x(}")x", \'}\', 1\'000);\n}\nvoid g(int a) {}'
        self.assertEqual(names(text), [("f", 4, 0), ("g", 1, 1)])

    def test_a_template_is_read_past_its_parameters(self):
        self.assertEqual(names("template <typename A, typename B = C<int>>\nvoid f(A a, B b) {}"), [("f", 2, 2)])


class Limits(unittest.TestCase):
    def test_a_function_of_61_lines_is_refused_and_a_case_of_a_test_has_120(self):
        body = "void f() {\n" + "  g();\n" * 59 + "}\n"
        self.assertEqual(list(problems("src/a/a.cpp", body)), ["src/a/a.cpp:1: f has 61 lines, at most 60"])
        self.assertEqual(list(problems("src/a/a_test.cpp", body)), [])
        self.assertEqual(list(problems("src/a/a.cpp", body.replace("  g();\n", "", 1))), [])

    def test_five_parameters_are_refused(self):
        self.assertEqual(len(list(problems("src/a/a.h", "void f(int a, int b, int c, int d, int e);"))), 1)
        self.assertEqual(list(problems("src/a/a.h", "void f(int a, int b, int c, int d);")), [])

    def test_python_is_read_too_without_self(self):
        self.assertEqual(list(python_functions("class A:\n    def f(self, a, b):\n        pass\n")), [("f", 2, 2, 2)])


if __name__ == "__main__":
    unittest.main()
