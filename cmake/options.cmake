option(DANE_BUILD_TESTS "Build the test programs" ON)
option(DANE_BUILD_FUZZERS "Build the fuzz targets (clang only)" OFF)
option(DANE_BUILD_BENCHMARKS "Build the benchmarks" OFF)
# Headers are read and templates instantiated once for a dozen files, not once for each: a third of the time.
option(DANE_UNITY "Compile the files of a module together" OFF)
function(dane_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${DANE_UNITY} UNITY_BUILD_BATCH_SIZE 12)
endfunction()
option(DANE_WERROR "Treat warnings as errors" OFF)
set(DANE_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(dane_flags INTERFACE)
target_compile_options(dane_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<BOOL:${DANE_WERROR}>:-Werror>
                       # A file of a module is no header, also where it is compiled with its neighbours.
                       $<$<AND:$<BOOL:${DANE_UNITY}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>
                       # g++ 12 sees overlaps and overlong reads in its own library when it optimizes
                       # (GCC bug 105651 and its kin).
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-stringop-overread>)
if(DANE_SANITIZE)
  target_compile_options(dane_flags INTERFACE -fsanitize=${DANE_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(dane_flags INTERFACE -fsanitize=${DANE_SANITIZE})
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
