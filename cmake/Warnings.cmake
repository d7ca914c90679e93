# Warnings for our own code only; libraries are included as SYSTEM.
add_library(inferometer_warnings INTERFACE)
target_compile_options(inferometer_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual)
option(INFEROMETER_WERROR "Treat warnings as errors" OFF)
if(INFEROMETER_WERROR)
  target_compile_options(inferometer_warnings INTERFACE -Werror)
endif()
