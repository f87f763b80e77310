# testigo_room(NAME SOURCES … DEPS … TESTS … TEST_DEPS …)
#
# A room is one folder and one library, with its tests beside its sources. Without SOURCES the room is header-only.
# TESTS become one program `<name>_test`, every case of it a test of ctest; TESTIGO_TESTED_ROOMS, when set, names
# the rooms whose tests are wanted.
function(testigo_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;TESTS;TEST_DEPS" ${ARGN})
  set(target testigo_${name})
  if(ROOM_SOURCES)
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${ROOM_DEPS} PRIVATE testigo_warnings)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${ROOM_DEPS})
  endif()
  if(TESTIGO_TESTS AND ROOM_TESTS AND (NOT TESTIGO_TESTED_ROOMS OR name IN_LIST TESTIGO_TESTED_ROOMS))
    add_executable(${name}_test ${ROOM_TESTS})
    target_link_libraries(${name}_test PRIVATE ${target} ${ROOM_TEST_DEPS} testigo_warnings GTest::gtest_main GTest::gmock)
    if(TARGET testigo_test_headers)
      target_precompile_headers(${name}_test REUSE_FROM testigo_test_headers)
      target_compile_options(${name}_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-error=invalid-pch>) # slower then, not wrong
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
