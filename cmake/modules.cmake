# dane_module(NAME USES TARGET...): one folder under libdane/, one object library dane_NAME.
# Sources are globbed so that a new file needs no edit here; CONFIGURE_DEPENDS re-globs on build.
set(DANE_MODULES "" CACHE INTERNAL "")
set(DANE_MODULE_LIBS "" CACHE INTERNAL "")

function(dane_module name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libdane/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(dane_${name} OBJECT ${sources})
  target_include_directories(dane_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                             PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(dane_${name} PRIVATE DANE_VERSION="${PROJECT_VERSION}")
  target_link_libraries(dane_${name} PUBLIC tl::expected PRIVATE dane_flags ${ARG_USES})
  dane_unity(dane_${name})
  dane_precompile(dane_${name} dane_core <algorithm> <chrono> <functional> <map> <memory> <optional> <ranges>
                  <string> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)
  set(DANE_MODULES "${DANE_MODULES};${name}" CACHE INTERNAL "")
  set(DANE_MODULE_LIBS "${DANE_MODULE_LIBS};${ARG_USES}" CACHE INTERNAL "")
endfunction()

# All modules as one library: what tools link and what is installed.
function(dane_library)
  add_library(dane)
  add_library(dane::dane ALIAS dane)
  foreach(name IN LISTS DANE_MODULES)
    if(name)
      target_sources(dane PRIVATE $<TARGET_OBJECTS:dane_${name}>)
    endif()
  endforeach()
  set(libs ${DANE_MODULE_LIBS})
  list(REMOVE_DUPLICATES libs)
  list(REMOVE_ITEM libs "")
  target_include_directories(dane PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(dane PUBLIC tl::expected Threads::Threads
                        PRIVATE $<BUILD_INTERFACE:dane_flags> ${libs})
  set_target_properties(dane PROPERTIES LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
                        SOVERSION ${PROJECT_VERSION_MAJOR})
endfunction()
