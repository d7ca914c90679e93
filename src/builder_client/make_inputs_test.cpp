#include "builder_client/make_inputs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/files.h"
#include "base/test_fixture.h"
#include "inputs/request_fixture.h"

namespace inferometer::builder_client {
namespace {

using base::message_of;
using inputs::Request;
using inputs::text_request;
namespace fs = std::filesystem;

class MakeInputs : public testing::Test {
 protected:
  /// A builder that keeps its question and answers with `answer`.
  fs::path child_that_answers(const std::string& answer, int exit_code) const {
    const auto program = folder_.path() / "child";
    std::ofstream(program) << "#!/bin/sh\ncat > '" << (folder_.path() / "question").string() << "'\necho '"
                           << answer << "'\necho 'last words' >&2\nexit " << exit_code << "\n";
    ::chmod(program.c_str(), 0755);
    return program;
  }
  std::string refusal(const Request& request, const fs::path& program) const {
    return message_of([&] { make_inputs(request, program, folder_.path()); });
  }

  base::ScratchFolder folder_{"make-test"};
};

TEST_F(MakeInputs, the_child_is_reported_everything_and_believed) {
  Request request = text_request();
  request.files = {{"input_ids", "some/ids.npy"}};
  const auto program = child_that_answers(
      R"({"sets":["a.safetensors"],"shapes":{"input_ids":[1,128]},"values":"file ids.npy","unequal":["one set only"]})",
      0);
  const InputSets made = make_inputs(request, program, folder_.path());
  EXPECT_EQ(made.sets, std::vector<fs::path>{"a.safetensors"});
  EXPECT_EQ(made.shapes.at("input_ids"), (std::vector<std::int64_t>{1, 128}));
  EXPECT_EQ(made.unequal, std::vector<std::string>{"one set only"});
  const InputOrder order = input_order_from_json(
      base::parse_json(base::read_file(folder_.path() / "question", 1 << 20), "question"));
  EXPECT_EQ(inputs_of(order.request).size(), 2u);
  EXPECT_EQ(inputs_of(order.request)[0].index_bound, 30522);
  EXPECT_EQ(order.request.seed, 7u);
  EXPECT_EQ(order.folder, folder_.path());
  EXPECT_EQ(order.request.files, (std::map<std::string, std::string>{{"input_ids", "some/ids.npy"}}));
}

TEST_F(MakeInputs, the_childs_message_is_ours) {
  EXPECT_EQ(refusal(text_request(), child_that_answers(R"({"error":"ids.npy: is cut"})", 2)),
            "ids.npy: is cut");
}

TEST_F(MakeInputs, a_child_that_dies_or_babbles_is_named_with_its_last_words) {
  const std::string message = refusal(text_request(), child_that_answers("", 3));
  EXPECT_NE(message.find("exit code 3"), std::string::npos) << message;
  EXPECT_NE(message.find("last words"), std::string::npos) << message;
  EXPECT_NE(refusal(text_request(), child_that_answers("garbage", 0)).find("not JSON"), std::string::npos);
}

TEST_F(MakeInputs, shapes_are_checked_before_any_child_runs) {
  Request request = text_request();
  request.batch_size = 0;
  EXPECT_NE(refusal(request, "/nonexistent").find("batch_sizes"), std::string::npos);
}

}  // namespace
}  // namespace inferometer::builder_client
