#include "builder/hub/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "base/error.h"
#include "base/files.h"

namespace inferometer::builder {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kVariables[] = {"HF_ENDPOINT",
                                      "HF_HOME",
                                      "HF_HUB_CACHE",
                                      "HF_TOKEN",
                                      "HUGGING_FACE_HUB_TOKEN",
                                      "HF_TOKEN_PATH",
                                      "XDG_CACHE_HOME",
                                      "HF_HUB_DISABLE_IMPLICIT_TOKEN",
                                      "HF_HUB_DOWNLOAD_TIMEOUT"};

class settings : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : kVariables) {
      if (const char* value = std::getenv(name)) before_[name] = value;
      ::unsetenv(name);
    }
    ::setenv("HF_HOME", folder_.path().c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : kVariables) ::unsetenv(name);
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
  }
  static std::string refusal_with(const char* name, const std::string& value) {
    ::setenv(name, value.c_str(), 1);
    try {
      read_settings();
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "no error";
  }

  base::ScratchFolder folder_{"hub-settings-test"};
  std::map<std::string, std::string> before_;
};

TEST_F(settings, are_the_public_hub_without_a_token_unless_said_otherwise) {
  const auto found = read_settings();
  EXPECT_EQ(found.endpoint, "https://huggingface.co");
  EXPECT_EQ(found.token, "");
  EXPECT_EQ(found.cache, folder_.path() / "hub");
  EXPECT_EQ(found.stall, std::chrono::seconds(10));
}

TEST_F(settings, an_endpoint_is_an_address_without_secrets) {
  ::setenv("HF_ENDPOINT", "http://mirror.example:8080/hf//", 1);
  EXPECT_EQ(read_settings().endpoint, "http://mirror.example:8080/hf");
  for (const char* wrong :
       {"ftp://x", "mirror.example", "https://me:secret@x", "https://x y", "file:///etc"}) {
    EXPECT_THAT(refusal_with("HF_ENDPOINT", wrong), AllOf(HasSubstr("HF_ENDPOINT"), Not(HasSubstr("secret"))))
        << wrong;
  }
}

TEST_F(settings, a_token_is_looked_for_where_huggingface_hub_looks) {
  base::write_file_atomically(folder_.path() / "token", "from_file\n");
  EXPECT_EQ(read_settings().token, "from_file");
  base::write_file_atomically(folder_.path() / "other", " elsewhere ");
  ::setenv("HF_TOKEN_PATH", (folder_.path() / "other").c_str(), 1);
  EXPECT_EQ(read_settings().token, "elsewhere");
  ::setenv("HUGGING_FACE_HUB_TOKEN", "legacy", 1);
  EXPECT_EQ(read_settings().token, "legacy");
  ::setenv("HF_TOKEN", "own", 1);
  EXPECT_EQ(read_settings().token, "own");
  ::setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "yes", 1);
  EXPECT_EQ(read_settings().token, "");
}

TEST_F(settings, a_token_that_would_become_a_header_of_its_own_is_refused_and_not_printed) {
  EXPECT_THAT(refusal_with("HF_TOKEN", "hf_secret\r\nX-Other: 1"),
              AllOf(HasSubstr("HF_TOKEN: holds no token"), Not(HasSubstr("secret"))));
}

TEST_F(settings, silence_is_a_whole_number_of_seconds) {
  ::setenv("HF_HUB_DOWNLOAD_TIMEOUT", "3", 1);
  EXPECT_EQ(read_settings().stall, std::chrono::seconds(3));
  for (const char* wrong : {"0", "-1", "x", "3s", "99999999999"})
    EXPECT_THAT(refusal_with("HF_HUB_DOWNLOAD_TIMEOUT", wrong), HasSubstr("whole seconds from 1")) << wrong;
}

}  // namespace
}  // namespace inferometer::builder
