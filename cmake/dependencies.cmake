# Everything comes from Debian 12; scripts/setup installs it.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLiteCpp 3.2 CONFIG REQUIRED)

find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(testigo_asio INTERFACE)
target_include_directories(testigo_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
# What Asio 1.22 thinks of aligned_alloc hangs on whether a standard header came before it: allocated one way, freed the other.
target_compile_definitions(testigo_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(testigo_asio INTERFACE Threads::Threads)

find_path(PCAP_INCLUDE_DIR pcap/pcap.h REQUIRED)
add_library(testigo_pcap INTERFACE) # its declarations: it is loaded by whoever listens
target_include_directories(testigo_pcap SYSTEM INTERFACE ${PCAP_INCLUDE_DIR})
target_link_libraries(testigo_pcap INTERFACE ${CMAKE_DL_LIBS})

find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
add_library(testigo_zstd INTERFACE)
target_include_directories(testigo_zstd SYSTEM INTERFACE ${ZSTD_INCLUDE_DIR})
target_link_libraries(testigo_zstd INTERFACE ${ZSTD_LIBRARY})

find_package(Boost 1.74 REQUIRED) # its headers only
add_library(testigo_beast INTERFACE)
target_include_directories(testigo_beast SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_link_libraries(testigo_beast INTERFACE Threads::Threads)

# testigo has protobuf in itself: it starts half a millisecond sooner. testigo-greeter takes the one that gRPC takes.
find_library(PROTOBUF_STATIC_LIBRARY libprotobuf.a REQUIRED)
add_library(testigo_protobuf STATIC IMPORTED)
set_target_properties(testigo_protobuf PROPERTIES IMPORTED_LOCATION ${PROTOBUF_STATIC_LIBRARY})
target_include_directories(testigo_protobuf SYSTEM INTERFACE ${Protobuf_INCLUDE_DIRS})
target_link_libraries(testigo_protobuf INTERFACE ZLIB::ZLIB Threads::Threads)

if(TESTIGO_GREETER)
  find_package(gRPC CONFIG REQUIRED)
  find_package(spdlog REQUIRED)
endif()

if(TESTIGO_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

if(TESTIGO_TESTS OR TESTIGO_FUZZ OR TESTIGO_BENCH)
  find_path(NGHTTP2_INCLUDE_DIR nghttp2/nghttp2.h REQUIRED)
  find_library(NGHTTP2_LIBRARY nghttp2 REQUIRED)
  add_library(testigo_nghttp2 INTERFACE) # the oracle, in tests only
  target_include_directories(testigo_nghttp2 SYSTEM INTERFACE ${NGHTTP2_INCLUDE_DIR})
  target_link_libraries(testigo_nghttp2 INTERFACE ${NGHTTP2_LIBRARY})
endif()
