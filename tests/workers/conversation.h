// Talks to one worker process, and holds it to the protocol in every line.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engines/launch.h"
#include "process/process.h"
#include "protocol/codec.h"
#include "protocol/line_buffer.h"

namespace inferometer::tests {

class Conversation {
 public:
  explicit Conversation(const engines::Launch& launch);

  /// Sends and waits for the answer. Throws std::runtime_error when the worker ends, is silent for a minute,
  /// sends what is no reply, or echoes another id or nonce.
  protocol::Reply ask(decltype(protocol::Request::body) body);
  /// The same, where an answer of type Body is due; throws with the worker's reason when it failed.
  template <typename Body>
  Body ask_for(decltype(protocol::Request::body) body) {
    protocol::Reply reply = ask(std::move(body));
    if (const auto* failed = std::get_if<protocol::Failed>(&reply.body)) {
      throw std::runtime_error(failed->phase + ": " + failed->reason);
    }
    return std::get<Body>(reply.body);
  }
  /// What the worker answers where a failure is due; empty when it did not fail.
  protocol::Failed ask_for_failure(decltype(protocol::Request::body) body);

  /// Phases that were announced before the last answer.
  const std::vector<std::string>& phases() const { return phases_; }

  void send_line(const std::string& line) { child_.send(line, kTimeout); }
  /// The next line as it comes; throws at the end of the stream.
  protocol::Reply receive();
  /// Waits for the worker to end by itself; throws when it does not.
  process::Exit wait_for_end();
  /// True when nothing is left on the reply descriptor, to its end.
  bool nothing_more_was_said();
  int process_id() const { return child_.pid(); }

 private:
  static constexpr std::chrono::minutes kTimeout{5};

  process::Child child_;
  protocol::LineBuffer buffer_;
  std::int64_t last_id_ = 0;
  std::vector<std::string> phases_;
};

}  // namespace inferometer::tests
