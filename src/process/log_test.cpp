#include "process/log.h"

#include <gtest/gtest.h>

namespace inferometer::process {
namespace {

TEST(log, keeps_the_order_of_both_streams_and_the_last_words_of_each) {
  Log log(10);
  log.append(Log::Error, "why");
  for (int i = 0; i < 1000; ++i) log.append(Log::Output, "0123456789");
  log.append(Log::Error, "end");
  EXPECT_EQ(log.text(), "[9990 bytes dropped]\nwhy0123456789end");
  log.append(Log::Output, std::string(25, 'x'));
  EXPECT_EQ(log.text(), "[10015 bytes dropped]\nwhyendxxxxxxxxxx");
}

}  // namespace
}  // namespace inferometer::process
