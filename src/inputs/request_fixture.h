// Requests for tests.
#pragma once

#include <string>

#include "inputs/request.h"

namespace inferometer::inputs {

inline results::Dimension fixed(std::int64_t size) { return {size, "", ""}; }
inline results::Dimension open(const std::string& name, const std::string& role = "") {
  return {0, name, role};
}

/// input_ids, attention_mask: int64 [batch, sequence], a vocabulary of 30,522 rows, at most 512 tokens.
inline Request text_request() {
  Request request;
  const std::vector<results::Dimension> shape = {open("batch", "batch"), open("sequence", "sequence")};
  request.model.parts = {
      {"model", {{"input_ids", "int64", shape, 30522}, {"attention_mask", "int64", shape, 0}}, {}}};
  inputs_of(request)[0].meaning = results::Meaning::TokenIds;
  inputs_of(request)[1].meaning = results::Meaning::AttentionMask;
  request.model.max_sequence_length = 512;
  request.seed = 7;
  return request;
}

/// One input of that name and type, and of fixed shape [2, 3].
inline Request one_input(const std::string& name, const std::string& dtype, std::int64_t index_bound = 0,
                         results::Meaning meaning = results::Meaning::Unknown) {
  Request request;
  request.model.parts = {{"model", {{name, dtype, {fixed(2), fixed(3)}, index_bound}}, {}}};
  inputs_of(request)[0].meaning = meaning;
  request.seed = 7;
  return request;
}

}  // namespace inferometer::inputs
