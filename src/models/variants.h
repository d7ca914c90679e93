// Variants that a model can become, and the steps of the toolchain that make them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/models.h"

namespace inferometer::models {

/// Package of the environment that its scripts run in.
constexpr const char* kToolchain = "tensorflow-toolchain";
/// The variant that all others of the toolchain are made of.
constexpr const char* kSavedModel = "saved_model/float32";

/// One step: a script of toolchains/tensorflow that makes one variant.
struct Conversion {
  const char* variant = "";  ///< "tflite/float16"
  const char* recipe = "";   ///< name and version; raise the version when the script makes something else
  const char* script = "";
  const char* precision = "";   ///< what the script is asked for; empty: it makes one only
  const char* product = "";     ///< name of its file or folder
  bool wants_samples = false;   ///< it looks at the ranges of values that inputs lead to
  bool of_saved_model = false;  ///< reads the SavedModel variant; else what the user named
  double base_bytes = 0;        ///< peak of memory: so much, and
  double bytes_a_byte = 0;      ///< so much for every byte of float32 weights (measured: docs/validation.md)
  double seconds_a_gigabyte = 0;  ///< of float32 weights, beside five for the libraries to start
};

/// How `variant` is made of such a model; null where no toolchain makes it: it is the model's own, or there
/// is no such.
const Conversion* conversion_to(Reference::Kind kind, const std::string& variant);

/// The most memory that a conversion of a model with so many bytes of float32 weights is expected to need.
std::int64_t peak_bytes(const Conversion& conversion, std::int64_t weights_bytes);

/// How long it takes on two CPUs, very roughly.
double expected_seconds(const Conversion& conversion, std::int64_t weights_bytes);

}  // namespace inferometer::models
