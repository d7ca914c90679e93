#include "tensorflow/tensorflow_api.h"

#include "sdk/cpp/engine.h"

namespace inferometer::worker::tensorflow {

void Api::fail(const Status* status, const char* call) const {
  // Behind the first line come the places in the graph and in the exporter's Python.
  const std::string text = get_message(status);
  throw EngineError(std::string("TensorFlow, ") + call + ": " + text.substr(0, text.find('\n')),
                    get_code(status) == kUnimplemented);
}

}  // namespace inferometer::worker::tensorflow
