// What coordinator and worker say to each other, and over what.
#pragma once

#include <cstddef>

#include "protocol/replies.h"
#include "protocol/requests.h"

namespace inferometer::protocol {

/// A longer line is an error before it is kept in memory.
constexpr std::size_t kMaxLineBytes = 16u << 20;
constexpr int kCommandDescriptor = 3;  ///< the worker reads requests here
constexpr int kReplyDescriptor = 4;    ///< and writes replies here

}  // namespace inferometer::protocol
