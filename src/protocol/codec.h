// Messages to lines and back. One JSON object a line, with "type", "id" and "nonce".
#pragma once

#include <string>
#include <string_view>

#include "protocol/messages.h"
#include "protocol/protocol_error.h"

namespace inferometer::protocol {

/// One line without the final newline.
std::string encode(const Request& request);
std::string encode(const Reply& reply);
std::string encode(const Description& description);

/// Unknown fields are ignored; an unknown type, a missing or mistyped field, a number outside its range is a
/// ProtocolError.
Request decode_request(std::string_view line);
Reply decode_reply(std::string_view line);
Description decode_description(std::string_view line);

/// Throws ProtocolError unless the major numbers agree.
void require_compatible(std::string_view version_of_other_side);

}  // namespace inferometer::protocol
