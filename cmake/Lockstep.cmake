# What every target of the project has in common, and the one way to declare a layer.

find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)

add_library(lockstep_options INTERFACE)
target_compile_options(lockstep_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow -Wno-maybe-uninitialized>) # false alarms of g++ 12 at -O3 (GCC bugs 105329, 105651, 105562); clang and ASan look for the real ones
# clang 14 destroys temporaries that it never made where a consteval call stands among them (initializer lists of fields with
# a rule); constexpr gives it the same values. g++ and later clangs keep the compile-time check of every citation.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  target_compile_definitions(lockstep_options INTERFACE consteval=constexpr)
endif()
if(LOCKSTEP_SANITIZE)
  target_compile_options(lockstep_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(lockstep_options INTERFACE -fsanitize=address,undefined)
endif()
if(LOCKSTEP_FUZZ)
  # An assertion aborts then, so that libFuzzer keeps the input.
  target_compile_definitions(lockstep_options INTERFACE FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
  target_compile_options(lockstep_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# lockstep_layer(NAME [SOURCES file...] [LINKS layer...] [PRIVATE_LINKS target...])
# The layer's folder is reached as "NAME/header.hpp" through an include root that holds nothing else.
function(lockstep_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/include_roots/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC ${root})
    target_link_libraries(${name} PUBLIC ${arg_LINKS} PRIVATE lockstep_options ${arg_PRIVATE_LINKS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${root})
    target_link_libraries(${name} INTERFACE ${arg_LINKS})
  endif()
endfunction()
