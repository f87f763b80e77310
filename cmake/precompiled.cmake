# Precompiled headers halve the time of the tests. `testigo_test_headers` is made once, and every test program takes it over.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-pthread) # gRPC asks for it, and g++ takes a precompiled header only where such flags are equal
  add_compile_options(-fpch-preprocess) # ccache needs it to tell what a precompiled header stands for
endif()

if(TESTIGO_TESTS)
  file(WRITE ${CMAKE_BINARY_DIR}/test_headers.cc "// holds the precompiled headers of the tests\n")
  add_library(testigo_test_headers OBJECT ${CMAKE_BINARY_DIR}/test_headers.cc)
  target_link_libraries(testigo_test_headers PRIVATE GTest::gtest GTest::gmock testigo_warnings)
  target_precompile_headers(testigo_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endif()
