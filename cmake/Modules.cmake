# inferometer_module(NAME SOURCES x.cpp ... [MODULES base ...] [LIBRARIES fmt::fmt ...] [TESTS x_test.cpp ...])
#   One folder of src/ = one static library inferometer_NAME, and one test program NAME_test.
#   MODULES must agree with the layer table of ARCHITECTURE.md (scripts/lint/check_layers.py).
function(inferometer_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;MODULES;LIBRARIES;TESTS" ${ARGN})
  set(target inferometer_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM arg_MODULES PREPEND inferometer_)
  target_link_libraries(${target} PUBLIC ${arg_MODULES} ${arg_LIBRARIES}
                        PRIVATE inferometer_warnings inferometer_sanitizers)
  target_link_options(${target} INTERFACE $<TARGET_PROPERTY:inferometer_sanitizers,INTERFACE_LINK_OPTIONS>)
  if(INFEROMETER_TESTS AND arg_TESTS)
    inferometer_test(${name}_test SOURCES ${arg_TESTS} LIBRARIES ${target})
  endif()
endfunction()

# inferometer_test(NAME SOURCES ... [LIBRARIES ...] [TIMEOUT seconds] [ALONE]): a GoogleTest program, each case one
#   ctest called NAME.suite.case, so that a failure names its case and one case is run with ctest -R.
#   ALONE: its cases measure, or load every CPU; nothing runs beside them.
function(inferometer_test name)
  cmake_parse_arguments(arg "ALONE" "TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main
                        inferometer_warnings inferometer_sanitizers)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  # The program is asked for its cases when ctest starts: some are one for each worker that is built. Two properties
  # for two variables, because gtest_discover_tests takes no list as a value.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES TEST_PREFIX ${name}.
                       PROPERTIES TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_ALONE}
                                  ENVIRONMENT "INFEROMETER_TEST_BUILD=${CMAKE_BINARY_DIR}"
                                  ENVIRONMENT_MODIFICATION "INFEROMETER_TEST_SOURCE=set:${PROJECT_SOURCE_DIR}")
endfunction()

# inferometer_worker(NAME SOURCES ... [LIBRARIES ...]): the program inferometer-worker-NAME.
function(inferometer_worker name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(target inferometer-worker-${name})
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${INFEROMETER_LIBEXEC_DIR})
  target_link_libraries(${target} PRIVATE inferometer_worker_sdk ${arg_LIBRARIES} ${CMAKE_DL_LIBS}
                        inferometer_warnings inferometer_sanitizers)
  install(TARGETS ${target} DESTINATION libexec/inferometer)
endfunction()

# inferometer_python_worker(NAME MODULE module): the program inferometer-worker-NAME in Python: a launcher that calls
#   main() of workers/NAME/module.py, with the SDK of workers/sdk/python.
function(inferometer_python_worker worker)
  cmake_parse_arguments(arg "" "MODULE" "" ${ARGN})
  set(module ${arg_MODULE})
  set(launcher ${INFEROMETER_LIBEXEC_DIR}/inferometer-worker-${worker})
  configure_file(${PROJECT_SOURCE_DIR}/workers/sdk/python/launcher.py.in ${launcher} @ONLY
                 FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  install(PROGRAMS ${launcher} DESTINATION libexec/inferometer)
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION share/inferometer/workers/${worker}
          FILES_MATCHING PATTERN "*.py" PATTERN "*_test.py" EXCLUDE)
endfunction()
