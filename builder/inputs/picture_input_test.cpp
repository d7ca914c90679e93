#include "builder/inputs/picture_input.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/files.h"
#include "base/test_fixture.h"
#include "inputs/request_fixture.h"
#include "packages/script.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

using base::message_of;

inputs::Request picture_request(const std::string& dtype, const std::vector<std::int64_t>& shape) {
  inputs::Request request;
  request.images = "pictures";
  request.model.parts = {{"model", {{"image", dtype, {}, 0}}, {}}};
  inputs_of(request)[0].meaning = results::Meaning::Pixels;
  for (const auto size : shape) inputs_of(request)[0].shape.push_back(inputs::fixed(size));
  return request;
}

PictureInput chosen(const inputs::Request& request) {
  return picture_input(request, inputs::resolve_shapes(request));
}

std::string refusal(const inputs::Request& request) {
  return message_of([&] { chosen(request); });
}

/// An int8 input that holds real numbers from `scale` times (-128 - `zero_point`) on.
inputs::Request int8_request(double scale, std::int64_t zero_point) {
  auto request = picture_request("int8", {1, 8, 9, 3});
  inputs_of(request)[0].quantized = true;
  inputs_of(request)[0].scale = scale;
  inputs_of(request)[0].zero_point = zero_point;
  return request;
}

TEST(picture_input, is_found_with_channels_first_and_last) {
  const auto first = chosen(picture_request("float32", {2, 3, 8, 9}));
  EXPECT_TRUE(first.channels_first);
  EXPECT_EQ(first.batch_size, 2);
  EXPECT_EQ(first.height, 8);
  EXPECT_EQ(first.width, 9);
  EXPECT_EQ(first.scaling, "imagenet");
  EXPECT_EQ(first.described, "normalized as for ImageNet");
  const auto last = chosen(picture_request("float32", {2, 8, 9, 3}));
  EXPECT_FALSE(last.channels_first);
  EXPECT_EQ(last.height, 8);
  EXPECT_EQ(last.width, 9);
  EXPECT_EQ(last.scaling, "symmetric");
  EXPECT_EQ(last.described, "values -1 to 1");
}

TEST(picture_input, takes_what_is_known_of_the_model_and_before_that_what_was_asked) {
  auto request = picture_request("float32", {1, 8, 9, 3});
  inputs_of(request)[0].picture_scaling = "caffe";
  EXPECT_EQ(chosen(request).scaling, "caffe");
  request.image_scaling = "unit";
  EXPECT_EQ(chosen(request).scaling, "unit");
}

TEST(picture_input, of_bytes_takes_them_as_they_are) {
  auto request = picture_request("uint8", {1, 8, 9, 3});
  EXPECT_EQ(chosen(request).scaling, "raw");
  EXPECT_EQ(chosen(request).scale, 0);
  request.image_scaling = "symmetric";
  EXPECT_EQ(refusal(request),
            "--image-scaling symmetric: input 'image' is uint8 and takes the bytes of pictures as they are: "
            "leave the flag out");
}

TEST(picture_input, of_int8_is_quantized_by_the_real_numbers_that_it_holds) {
  const auto symmetric = chosen(int8_request(1 / 127.5, -1));
  EXPECT_EQ(symmetric.scaling, "symmetric");
  EXPECT_EQ(symmetric.scale, 1 / 127.5);
  EXPECT_EQ(symmetric.zero_point, -1);
  EXPECT_EQ(symmetric.described, "values -1 to 1, quantized");
  EXPECT_EQ(chosen(int8_request(1 / 255.0, -128)).scaling, "unit");
  EXPECT_EQ(chosen(int8_request(1, -128)).scaling, "raw");
  EXPECT_EQ(refusal(int8_request(0, 0)),
            "--images pictures: input 'image' is int8 without a scale, so that no value of a pixel is known: "
            "give it by --input NAME=FILE.npy");
}

TEST(picture_input, is_exactly_one) {
  EXPECT_EQ(refusal(picture_request("int64", {1, 8, 9, 3})),
            "--images pictures: the model has no input float32, uint8 or int8 [batch, 3, height, width] or "
            "[batch, height, width, 3] (inputs: image int64 [1, 8, 9, 3])");
  EXPECT_NE(refusal(picture_request("float32", {1, 8, 9, 4})).find("has no input"), std::string::npos);
  auto request = picture_request("float32", {1, 3, 8, 9});
  inputs_of(request).push_back(inputs_of(request)[0]);
  inputs_of(request)[1].name = "other";
  EXPECT_NE(refusal(request).find("both 'image' and 'other' can hold pictures"), std::string::npos);
}

/// What the toolchain makes of a picture that is all red 255, green 0, blue 51.
class PictureValues : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("INFEROMETER_SHARE", std::getenv("INFEROMETER_TEST_SOURCE"), 1);
    const std::string missing = message_of([&] {
      toolchain_ =
          packages::find_toolchain(packages::Installed::open(), "inputs", "images are read by libraries");
    });
    if (missing != "no error") GTEST_SKIP() << missing;
    write_picture(folder_.path() / "picture.ppm", '\x33');
  }
  void TearDown() override { ::unsetenv("INFEROMETER_SHARE"); }

  static void write_picture(const std::filesystem::path& file, char blue) {
    std::ofstream picture(file, std::ios::binary);
    picture << "P6 4 2 255\n";
    for (int i = 0; i < 8; ++i) picture << "\xff" << '\0' << blue;
  }
  tensors::Tensor made(base::Json order, const std::string& images = "picture.ppm") const {
    const auto output = folder_.path() / "values.safetensors";
    order.update({{"images", (folder_.path() / images).string()},
                  {"input", "image"},
                  {"batch_size", 1},
                  {"height", 2},
                  {"width", 3},
                  {"sets", 8},
                  {"from_end", images != "picture.ppm"},
                  {"output", output.string()}});
    packages::run_script(toolchain_, {.script = "load_images.py", .job = order});
    return std::move(tensors::read_safetensors(output).at(0));
  }
  std::vector<double> first_pixel(const std::string& scaling) const {
    const auto values = made({{"dtype", "float32"}, {"scaling", scaling}, {"channels_first", false}});
    EXPECT_EQ(values.shape(), (tensors::Shape{1, 2, 3, 3}));
    const auto all = values.to_doubles();
    return {all.begin(), all.begin() + 3};
  }

  base::ScratchFolder folder_{"picture-values"};
  packages::Toolchain toolchain_;
};

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-4) << i;
}

TEST_F(PictureValues, of_every_scaling) {
  expect_near(first_pixel("imagenet"), {(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225});
  expect_near(first_pixel("symmetric"), {1, -1, -0.6});
  expect_near(first_pixel("unit"), {1, 0, 0.2});
  expect_near(first_pixel("raw"), {255, 0, 51});
  expect_near(first_pixel("caffe"), {51 - 103.939, -116.779, 255 - 123.68});
  const std::vector<std::string> known(inputs::kImageScalings.begin(), inputs::kImageScalings.end());
  EXPECT_EQ(known, (std::vector<std::string>{"imagenet", "symmetric", "unit", "raw", "caffe"}));
}

TEST_F(PictureValues, with_channels_first) {
  const auto values = made({{"dtype", "float32"}, {"scaling", "unit"}, {"channels_first", true}});
  EXPECT_EQ(values.shape(), (tensors::Shape{1, 3, 2, 3}));
  std::vector<double> planes(6, 1);
  planes.resize(12, 0);
  planes.resize(18, 0.2);
  expect_near(values.to_doubles(), planes);
}

TEST_F(PictureValues, of_the_last_pictures_of_a_folder) {
  std::filesystem::create_directory(folder_.path() / "ten");
  for (char i = 0; i < 10; ++i) write_picture(folder_.path() / "ten" / fmt::format("{}.ppm", int{i}), i);
  const auto values =
      made({{"dtype", "float32"}, {"scaling", "raw"}, {"channels_first", false}}, "ten").to_doubles();
  ASSERT_EQ(values.size(), 8u * 2 * 3 * 3);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(values[i * 2 * 3 * 3 + 2], static_cast<double>(i + 2));
}

TEST_F(PictureValues, in_eight_bits) {
  const auto bytes = made({{"dtype", "uint8"}, {"scaling", "raw"}, {"channels_first", false}});
  EXPECT_EQ(bytes.type(), tensors::DType::Uint8);
  EXPECT_EQ(bytes.values<std::uint8_t>()[0], 255);
  EXPECT_EQ(bytes.values<std::uint8_t>()[2], 51);
  const auto quantized = made({{"dtype", "int8"},
                               {"scaling", "symmetric"},
                               {"channels_first", false},
                               {"scale", 1 / 100.0},
                               {"zero_point", 50}});
  EXPECT_EQ(quantized.type(), tensors::DType::Int8);
  const auto* const integers = reinterpret_cast<const std::int8_t*>(quantized.bytes().data());
  EXPECT_EQ(integers[0], 127);  // 150, held at the end of the type
  EXPECT_EQ(integers[1], -50);
  EXPECT_EQ(integers[2], -10);
}

}  // namespace
}  // namespace inferometer::builder
