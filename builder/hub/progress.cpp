#include "builder/hub/progress.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace inferometer::builder {
namespace {

constexpr std::int64_t kBetweenNs = 5'000'000'000;

std::string in_bytes(std::int64_t bytes) { return base::format_bytes(static_cast<double>(bytes)); }

}  // namespace

Progress::Progress(std::string subject, base::Clock& clock, std::function<void(const std::string&)> notify)
    : subject_(std::move(subject)), clock_(clock), notify_(std::move(notify)) {}

void Progress::say(const std::string& sentence) { notify_(subject_ + ": " + sentence); }

void Progress::begin(std::int64_t total_bytes, std::int64_t present_bytes) {
  total_bytes_ = total_bytes;
  present_bytes_ = present_bytes;
  began_ns_ = reported_ns_ = clock_.now_ns();
}

void Progress::received(std::int64_t bytes) {
  present_bytes_ += bytes;
  received_bytes_ += bytes;
  const auto now_ns = clock_.now_ns();
  if (now_ns - reported_ns_ < kBetweenNs) return;
  reported_ns_ = now_ns;
  const double per_ns = static_cast<double>(received_bytes_) / static_cast<double>(now_ns - began_ns_);
  const double left_ns = static_cast<double>(total_bytes_ - present_bytes_) / per_ns;
  say(in_bytes(present_bytes_) + " of " + in_bytes(total_bytes_) + ", " + rate() + ", " +
      base::format_seconds(left_ns / 1e9) + " left");
}

void Progress::finish() {
  const auto seconds = static_cast<double>(clock_.now_ns() - began_ns_) / 1e9;
  say("downloaded " + in_bytes(received_bytes_) + " in " + base::format_seconds(seconds) + ", " + rate());
}

std::string Progress::rate() const {
  const auto took_ns = std::max<std::int64_t>(clock_.now_ns() - began_ns_, 1);
  return base::format_bytes(static_cast<double>(received_bytes_) / (static_cast<double>(took_ns) / 1e9)) +
         "/s";
}

}  // namespace inferometer::builder
