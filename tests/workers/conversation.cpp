#include "tests/workers/conversation.h"

#include <stdexcept>
#include <utility>

#include "base/text.h"

namespace inferometer::tests {
namespace {

process::SpawnRequest spawn_request(const engines::Launch& launch) {
  process::SpawnRequest request;
  request.arguments = launch.argv;
  request.environment = launch.environment;
  request.channel = true;
  return request;
}

}  // namespace

Conversation::Conversation(const engines::Launch& launch) : child_(spawn_request(launch)) {}

protocol::Reply Conversation::ask(decltype(protocol::Request::body) body) {
  const protocol::Request request{++last_id_, base::random_id(), std::move(body)};
  phases_.clear();
  send_line(protocol::encode(request));
  while (true) {
    protocol::Reply reply = receive();
    if (reply.id != request.id || reply.nonce != request.nonce) {
      throw std::runtime_error("the reply is to another request");
    }
    const auto* phase = std::get_if<protocol::Phase>(&reply.body);
    if (phase == nullptr) return reply;
    phases_.push_back(phase->phase);
  }
}

protocol::Failed Conversation::ask_for_failure(decltype(protocol::Request::body) body) {
  const protocol::Reply reply = ask(std::move(body));
  const auto* failed = std::get_if<protocol::Failed>(&reply.body);
  return failed == nullptr ? protocol::Failed() : *failed;
}

protocol::Reply Conversation::receive() {
  std::string line;
  while (!buffer_.next(line)) {
    std::string bytes;
    switch (child_.receive(bytes, kTimeout)) {
      case process::Child::Received::Bytes:
        buffer_.append(bytes);
        break;
      case process::Child::Received::Timeout:
        throw std::runtime_error("no answer: " + child_.log_tail());
      case process::Child::Received::End:
        throw std::runtime_error("worker ended: " + child_.log_tail());
    }
  }
  return protocol::decode_reply(line);
}

process::Exit Conversation::wait_for_end() {
  const auto exit = child_.wait(kTimeout);
  if (!exit) throw std::runtime_error("the worker does not end");
  return *exit;
}

bool Conversation::nothing_more_was_said() {
  std::string bytes;
  while (child_.receive(bytes, kTimeout) == process::Child::Received::Bytes) {
  }
  return bytes.empty() && buffer_.unfinished_bytes() == 0;
}

}  // namespace inferometer::tests
