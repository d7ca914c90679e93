#include "process/log.h"

#include <algorithm>

namespace inferometer::process {

void Log::append(Stream stream, std::string_view bytes) {
  if (bytes.size() > limit_bytes_) {
    dropped_bytes_ += bytes.size() - limit_bytes_;
    bytes.remove_prefix(bytes.size() - limit_bytes_);
  }
  if (bytes.empty()) return;
  auto& pieces = kept_[stream];
  // One piece for each change of stream, not for each byte that a child cares to flush.
  if (stream == latest_ && !pieces.empty()) {
    pieces.back().bytes += bytes;
  } else {
    pieces.push_back({pieces_++, std::string(bytes)});
  }
  latest_ = stream;
  kept_bytes_[stream] += bytes.size();
  drop_surplus(stream);
}

void Log::drop_surplus(Stream stream) {
  auto& pieces = kept_[stream];
  while (kept_bytes_[stream] > limit_bytes_) {
    Piece& oldest = pieces.front();
    const std::size_t surplus = std::min(kept_bytes_[stream] - limit_bytes_, oldest.bytes.size());
    oldest.bytes.erase(0, surplus);
    kept_bytes_[stream] -= surplus;
    dropped_bytes_ += surplus;
    if (oldest.bytes.empty()) pieces.pop_front();
  }
}

std::string Log::text() const {
  std::string text;
  if (dropped_bytes_ > 0) text = "[" + std::to_string(dropped_bytes_) + " bytes dropped]\n";
  auto output = kept_[Output].begin();
  auto error = kept_[Error].begin();
  while (output != kept_[Output].end() || error != kept_[Error].end()) {
    const bool output_next =
        error == kept_[Error].end() || (output != kept_[Output].end() && output->order < error->order);
    text += output_next ? (output++)->bytes : (error++)->bytes;
  }
  return text;
}

}  // namespace inferometer::process
