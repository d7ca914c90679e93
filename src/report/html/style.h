// The style sheet of the page: light and dark, wide and narrow, screen and paper.
#pragma once

namespace inferometer::report::html {

extern const char* const kStyle;

}  // namespace inferometer::report::html
