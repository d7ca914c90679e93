#include "base/json.h"

#include <unordered_set>
#include <vector>

#include "base/error.h"

namespace inferometer::base {

namespace {

/// Sees what a parsed value no longer shows: keys that stand twice, and depth before it is built.
class Checker final : public nlohmann::json_sax<Json> {
 public:
  explicit Checker(const std::string& origin) : origin_(origin) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    if (!keys_.back().insert(key).second) throw UserError(origin_ + ": duplicate key '" + key + "'");
    return true;
  }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception&) override {
    throw UserError(origin_ + ": not JSON at byte " + std::to_string(byte));
  }

 private:
  bool open() {
    if (keys_.size() > kMaxJsonDepth)
      throw UserError(origin_ + ": nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  const std::string& origin_;
  std::vector<std::unordered_set<std::string>> keys_;
};

}  // namespace

Json parse_json(std::string_view text, const std::string& origin) {
  // Two passes: the library's own callback for such checks takes quadratic time in the members of an object.
  Checker checker(origin);
  try {
    Json::sax_parse(text.begin(), text.end(), &checker);
    return Json::parse(text.begin(), text.end());
  } catch (const Json::exception& error) {
    throw UserError(origin + ": not JSON: " + error.what());
  }
}

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace inferometer::base
