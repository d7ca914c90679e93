// inferometer-builder COMMAND: reads a request (JSON) from stdin, writes the reply (JSON) to stdout.
// It reads and builds what comes from outside, so that a hostile or huge file never enters the coordinator.
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <new>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "builder/commands.h"

namespace {

using inferometer::base::Json;

int reply_error(const std::string& message) {
  std::cout << inferometer::base::to_line({{"error", message}}) << '\n';
  return inferometer::base::kExitUsage;
}

Json read_request() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  return inferometer::base::parse_json(text, "request on stdin");
}

std::string subject_of(const Json& request) {
  return request.is_object() && request.contains("path") ? request["path"].get<std::string>() : "the request";
}

}  // namespace

int main(int argc, char** argv) {
  Json request;
  try {
    const auto& command = inferometer::builder::find_command(argc == 2 ? argv[1] : "");
    request = read_request();
    std::cout << inferometer::base::to_line(command.run(request)) << '\n' << std::flush;
    return std::cout ? inferometer::base::kExitOk : inferometer::base::kExitInternal;
  } catch (const inferometer::base::UserError& error) {
    return reply_error(error.what());
  } catch (const std::bad_alloc&) {
    return reply_error(subject_of(request) +
                       ": reading it needs more memory than it is allowed: for an ONNX file, "
                       "export it with its weights as external data");
  } catch (const std::filesystem::filesystem_error& error) {
    return reply_error(error.path1().string() + ": " + error.code().message());
  } catch (const std::exception& error) {
    std::cerr << "inferometer-builder: " << error.what() << '\n';
    return inferometer::base::kExitInternal;
  }
}
