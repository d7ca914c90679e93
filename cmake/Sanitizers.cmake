# INFEROMETER_SANITIZE is a list for -fsanitize, for example "address,undefined" or "thread".
set(INFEROMETER_SANITIZE "" CACHE STRING "Value for -fsanitize, empty for none")
add_library(inferometer_sanitizers INTERFACE)
if(INFEROMETER_SANITIZE)
  target_compile_options(inferometer_sanitizers INTERFACE -fsanitize=${INFEROMETER_SANITIZE}
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(inferometer_sanitizers INTERFACE -fsanitize=${INFEROMETER_SANITIZE})
endif()
