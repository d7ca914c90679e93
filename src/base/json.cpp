#include "base/json.h"

#include <set>
#include <vector>

#include "base/error.h"

namespace inferometer::base {

Json parse_json(std::string_view text, const std::string& origin) {
  std::vector<std::set<std::string>> keys_of_open_objects;
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxJsonDepth) {
      throw UserError(origin + ": nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    }
    if (event == Json::parse_event_t::object_start) {
      keys_of_open_objects.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      keys_of_open_objects.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_of_open_objects.back().insert(key).second) {
        throw UserError(origin + ": the key '" + key + "' stands twice in one object");
      }
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), check);
  } catch (const Json::parse_error& error) {
    throw UserError(origin + ": not JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception& error) {
    throw UserError(origin + ": not JSON: " + error.what());
  }
}

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace inferometer::base
