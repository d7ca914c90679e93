// Real networks on real pictures: read by the product, run by our LiteRT worker, held against the labels.
// Says which package or file is missing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "builder_client/builder.h"
#include "builder_client/make_inputs.h"
#include "inputs/request.h"
#include "models/models.h"
#include "session/session.h"
#include "tensors/safetensors.h"
#include "tests/workers/workers_under_test.h"

namespace inferometer {
namespace {

namespace fs = std::filesystem;

struct Labelled {
  std::string file;
  std::ptrdiff_t label;
};

class pictures : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
    vision_ = fs::path(source == nullptr ? "." : source) / ".." / "shared" / "data" / "vision";
    if (!fs::exists(vision_)) GTEST_SKIP() << "needs the shared test files: " << vision_;
    if (packages::Installed::open().versions_of("inputs").empty())
      GTEST_SKIP() << "needs the toolchain: inferometer packages install inputs";
    worker_ = tests::find_worker("litert");
    if (!worker_.launch) GTEST_SKIP() << worker_.missing;
    ::setenv("INFEROMETER_SHARE", source, 1);
    std::ifstream table(vision_ / "imagenet_sample" / "labels.tsv");
    for (Labelled row; table >> row.file >> row.label;) labelled_.push_back(row);
    ASSERT_EQ(labelled_.size(), 26u);
  }
  void TearDown() override { ::unsetenv("INFEROMETER_SHARE"); }

  /// How many pictures get their label. The networks have one more class before those of ImageNet.
  int count_right(const std::string& network) {
    inputs::Request request;
    request.model = builder_.inspect({models::Reference::Kind::File, network, vision_ / network}).info;
    auto loaded = load(vision_ / network);
    int right = 0;
    for (std::size_t first = 0; first < labelled_.size(); first += inputs::kSets) {
      request.images = folder_of(first);
      const auto sets = make(request);
      for (std::size_t set = 0; set < sets.size(); ++set) {
        loaded->bind({"model", static_cast<int>(set), sets[set]});
        loaded->outputs({"model", static_cast<int>(set), scratch_.path() / "outputs.safetensors"});
        const auto scores =
            tensors::read_safetensors(scratch_.path() / "outputs.safetensors").at(0).to_doubles();
        const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
        right += best == labelled_[first + set].label + 1;
      }
    }
    return right;
  }

  std::string values_;  ///< what the report says of them

 private:
  std::unique_ptr<session::Session> load(const fs::path& network) const {
    session::Start start;
    start.launch = *worker_.launch;
    auto loaded = std::make_unique<session::Session>(start);
    protocol::Load request;
    request.parts = {{"model", network, {}}};
    request.format = "tflite";
    loaded->load(request);
    return loaded;
  }

  /// The pictures from `first` on, as many as one call takes.
  fs::path folder_of(std::size_t first) const {
    const auto folder = scratch_.path() / ("from-" + std::to_string(first));
    fs::create_directories(folder);
    for (std::size_t i = first; i < std::min(labelled_.size(), first + inputs::kSets); ++i) {
      const auto link = folder / labelled_[i].file;
      if (!fs::exists(link))
        fs::create_symlink(fs::absolute(vision_ / "imagenet_sample" / labelled_[i].file), link);
    }
    return folder;
  }

  std::vector<fs::path> make(const inputs::Request& request) {
    const auto made =
        builder_client::make_inputs(request, base::libexec_folder() / "inferometer-builder", scratch_.path());
    values_ = made.values.substr(made.values.find('('));
    return made.sets;
  }

  base::ScratchFolder scratch_{"pictures-test"};
  builder_client::Builder builder_{base::libexec_folder() / "inferometer-builder", scratch_.path() / "cache"};
  fs::path vision_;
  tests::WorkerUnderTest worker_;
  std::vector<Labelled> labelled_;
};

// Each number is what TFLite's own Python interpreter gets from the same values. Of all 1,000 pictures of the
// sample they get 565, 557 and 887.
TEST_F(pictures, are_classified_by_a_float_network) {
  EXPECT_EQ(count_right("mobilenet_v1_0.25_224_1_default_1.tflite"), 16);
  EXPECT_EQ(values_, "(values -1 to 1)");
}

TEST_F(pictures, are_classified_by_a_quantized_network) {
  EXPECT_EQ(count_right("mobilenet_v1_0.25_224_quant.tflite"), 17);
  EXPECT_EQ(values_, "(values 0 to 255)");
}

TEST_F(pictures, are_classified_by_a_larger_quantized_network) {
  EXPECT_EQ(count_right("mobilenet_v2_1.0_224_quant.tflite"), 24);
}

}  // namespace
}  // namespace inferometer
