// One question to the hub by HTTP, over libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "builder/hub/settings.h"

namespace inferometer::builder {

/// Gets the body in pieces, each with the place of its first byte in the whole file: a server that does not
/// go on where it was asked to begins again at 0. What it throws ends the transfer and is thrown by `get`.
using Take = std::function<void(std::int64_t position, std::string_view bytes)>;

/// How a question ended.
struct Answer {
  int status = 0;                         ///< of HTTP, after redirections; 0: no answer came
  std::string trouble;                    ///< why the body did not come whole; empty: it did
  bool lasting = false;                   ///< the trouble will be the same at the next try
  bool reached = false;                   ///< a server was connected to
  std::string error_code, error_message;  ///< X-Error-Code and X-Error-Message: the hub's own words
  std::chrono::seconds retry_after{0};    ///< as the server asks

  bool whole() const { return trouble.empty() && (status == 200 || status == 206); }
  /// The same question may have a better answer soon.
  bool may_pass() const {
    return !lasting && (!trouble.empty() || status == 408 || status == 429 || status >= 500);
  }
};

class Connection {
 public:
  explicit Connection(const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The body of `url` from byte `offset` on. The token goes to the host of the endpoint and to no host that
  /// this one redirects to; a hub reached by https redirects to nothing else.
  Answer get(const std::string& url, std::int64_t offset, const Take& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inferometer::builder
