// The script of the page: sorts tables and highlights a candidate everywhere. The page is whole without it.
#pragma once

namespace inferometer::report::html {

extern const char* const kScript;

}  // namespace inferometer::report::html
