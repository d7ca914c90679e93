#include "protocol/line_buffer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/messages.h"

namespace inferometer::protocol {
namespace {

RC_GTEST_PROP(line_buffer, lines_come_out_whole_however_the_stream_was_cut, ()) {
  const auto line_gen =
      rc::gen::container<std::string>(rc::gen::suchThat<char>([](char c) { return c != '\n'; }));
  const auto lines = *rc::gen::container<std::vector<std::string>>(line_gen);
  std::string stream;
  for (const auto& line : lines) stream += line + '\n';
  LineBuffer buffer;
  std::vector<std::string> found;
  std::string line;
  while (!stream.empty()) {
    const auto piece = *rc::gen::inRange<std::size_t>(1, 1 + stream.size());
    buffer.append(std::string_view(stream).substr(0, piece));
    stream.erase(0, piece);
    if (*rc::gen::arbitrary<bool>()) continue;  // lines may also be taken late
    while (buffer.next(line)) found.push_back(line);
  }
  while (buffer.next(line)) found.push_back(line);
  RC_ASSERT(found == lines);
  RC_ASSERT(buffer.unfinished_bytes() == 0u);
}

TEST(line_buffer, an_unfinished_line_is_counted_and_not_handed_out) {
  LineBuffer buffer;
  std::string line;
  buffer.append("whole\nhalf");
  EXPECT_TRUE(buffer.next(line));
  EXPECT_FALSE(buffer.next(line));
  EXPECT_EQ(line, "whole");
  EXPECT_EQ(buffer.unfinished_bytes(), 4u);
}

TEST(line_buffer, the_longest_line_passes_and_one_byte_more_is_refused) {
  const std::string piece(64 * 1024, 'x');
  LineBuffer buffer;
  for (std::size_t held = 0; held < kMaxLineBytes; held += piece.size()) buffer.append(piece);
  EXPECT_THROW(buffer.append("x"), ProtocolError);
  buffer.append("\nnext\n");
  std::string line;
  ASSERT_TRUE(buffer.next(line));
  EXPECT_EQ(line.size(), kMaxLineBytes);
  ASSERT_TRUE(buffer.next(line));
  EXPECT_EQ(line, "next");
}

}  // namespace
}  // namespace inferometer::protocol
