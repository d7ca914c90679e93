#include "builder/hub/connection.h"

#include <curl/curl.h>

#include <array>
#include <charconv>
#include <exception>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::builder {
namespace {

constexpr long kMostRedirections = 10;
constexpr long kConnectSeconds = 10;
constexpr int kPartialContent = 206;

/// The value in the last answer; empty where there is none.
std::string header(CURL* curl, const char* name) {
  curl_header* found = nullptr;
  const bool there = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK;
  return there ? found->value : "";
}

int status_of(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

/// "bytes 100-299/300" begins at 100; -1 for anything else.
std::int64_t first_byte(const std::string& content_range) {
  constexpr std::string_view kUnit = "bytes ";
  std::int64_t first = -1;
  if (!content_range.starts_with(kUnit)) return -1;
  std::from_chars(content_range.data() + kUnit.size(), content_range.data() + content_range.size(), first);
  return first;
}

bool is_lasting(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_TOO_MANY_REDIRECTS ||
         code == CURLE_UNSUPPORTED_PROTOCOL;
}

class Headers {
 public:
  ~Headers() { curl_slist_free_all(list_); }
  Headers() = default;
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    INFEROMETER_CHECK(longer != nullptr, "memory for a header");
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// What the callback of libcurl needs while a body comes.
struct Transfer {
  CURL* curl;
  const Take& take;
  std::int64_t offset;
  std::int64_t position = -1;  ///< of the next byte; -1: none has come
  std::string trouble;
  std::exception_ptr thrown;  ///< may not pass through libcurl

  bool begin() {
    const bool partial = status_of(curl) == kPartialContent;
    position = partial ? first_byte(header(curl, "Content-Range")) : 0;
    if (partial && position != offset)
      trouble = "the server sent another part of the file than it was asked for";
    return trouble.empty();
  }
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const int status = status_of(transfer.curl);
  // The page that explains an error is for a browser.
  if (status != 200 && status != kPartialContent) return count;
  try {
    if (transfer.position < 0 && !transfer.begin()) return CURL_WRITEFUNC_ERROR;
    transfer.take(transfer.position, {bytes, count});
    transfer.position += static_cast<std::int64_t>(count);
    return count;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return CURL_WRITEFUNC_ERROR;
  }
}

}  // namespace

struct Connection::State {
  CURL* curl = nullptr;
  Headers headers;
};

Connection::Connection(const Settings& settings) : state_(std::make_unique<State>()) {
  INFEROMETER_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl");
  CURL* const curl = state_->curl = curl_easy_init();
  INFEROMETER_CHECK(curl != nullptr, "libcurl");
  const char* protocols = settings.endpoint.starts_with("https://") ? "https" : "http,https";
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMostRedirections);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.stall.count()));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "inferometer");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  // As a header of ours, libcurl drops it when a redirection leads to another host, port or protocol.
  if (!settings.token.empty()) state_->headers.add("Authorization: Bearer " + settings.token);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, state_->headers.get());
}

Connection::~Connection() { curl_easy_cleanup(state_->curl); }

Answer Connection::get(const std::string& url, std::int64_t offset, const Take& take) {
  CURL* const curl = state_->curl;
  Transfer transfer{curl, take, offset, -1, {}, {}};
  std::array<char, CURL_ERROR_SIZE> message{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  const std::string range = std::to_string(offset) + "-";
  curl_easy_setopt(curl, CURLOPT_RANGE, offset > 0 ? range.c_str() : nullptr);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);

  Answer answer;
  answer.status = status_of(curl);
  curl_off_t connected_us = 0;
  curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected_us);
  answer.reached = connected_us > 0 || answer.status != 0;
  answer.lasting = is_lasting(code);
  answer.error_code = base::printable(header(curl, "X-Error-Code"), 80);
  answer.error_message = base::printable(header(curl, "X-Error-Message"));
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  answer.retry_after = std::chrono::seconds(seconds);
  answer.trouble = transfer.trouble;
  if (code != CURLE_OK && answer.trouble.empty())
    answer.trouble = base::printable(message[0] != '\0' ? message.data() : curl_easy_strerror(code));
  return answer;
}

}  // namespace inferometer::builder
