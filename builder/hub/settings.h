// How the user's environment says the Hugging Face hub is to be reached, by the variables of huggingface_hub.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace inferometer::builder {

struct Settings {
  std::string endpoint;          ///< HF_ENDPOINT, or "https://huggingface.co"; no '/' at its end
  std::filesystem::path cache;   ///< models::hub_cache_folder()
  std::string token;             ///< never printed; empty: none
  std::chrono::seconds stall{};  ///< HF_HUB_DOWNLOAD_TIMEOUT, or 10 s: silence for so long ends a try
};

/// The token is HF_TOKEN, else HUGGING_FACE_HUB_TOKEN, else what is in the file HF_TOKEN_PATH or
/// hub_home()/token; none with HF_HUB_DISABLE_IMPLICIT_TOKEN. Throws base::UserError naming the variable or
/// file that cannot be used.
Settings read_settings();

}  // namespace inferometer::builder
