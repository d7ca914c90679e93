#include "builder_client/make_inputs.h"

#include <chrono>

#include "builder_client/call.h"
#include "inputs/shapes.h"

namespace inferometer::builder_client {
namespace {

constexpr std::chrono::minutes kDeadline(20);
constexpr std::uint64_t kLimitBytes = std::uint64_t{8} << 30;

}  // namespace

InputSets make_inputs(const inputs::Request& request, const std::filesystem::path& builder_program,
                      const std::filesystem::path& folder) {
  inputs::resolve_shapes(request);  // refuses what cannot be before a program starts
  BuilderCall call;
  call.program = builder_program;
  call.command = "make-inputs";
  call.request = to_json(InputOrder{request, folder});
  call.subject = "model inputs";
  call.data_limit_bytes = kLimitBytes;
  call.timeout = kDeadline;
  return input_sets_from_json(call_builder(call).reply);
}

}  // namespace inferometer::builder_client
