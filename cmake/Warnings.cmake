# Warnings for our own code only; libraries are included as SYSTEM.
# -Wmissing-field-initializers is off: a designated initializer leaves the other fields at their defaults on purpose.
add_library(inferometer_warnings INTERFACE)
target_compile_options(inferometer_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wno-missing-field-initializers -Wnon-virtual-dtor -Woverloaded-virtual)
option(INFEROMETER_WERROR "Treat warnings as errors" OFF)
if(INFEROMETER_WERROR)
  target_compile_options(inferometer_warnings INTERFACE -Werror)
endif()
