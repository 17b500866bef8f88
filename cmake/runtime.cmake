# What a tool spends before main() is mostly the dynamic linker's work for the C++ runtime: half of all symbols that
# have to be looked up.  Linked in, they cost nothing, and a check of one host takes a twentieth less.  The libraries
# that read what comes from the network (OpenSSL, ldns, libunbound, getdns) stay shared: their security updates must
# reach the tools without a build.
if(DANE_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(static_runtime OFF)
else()
  set(static_runtime ON)
endif()
option(DANE_STATIC_RUNTIME "Link the C++ library and fmt into the tools" ${static_runtime})

# dane_tool_runtime(TARGET): after all other libraries of TARGET.
function(dane_tool_runtime target)
  if(NOT DANE_STATIC_RUNTIME)
    return()
  endif()
  if(NOT TARGET dane_fmt)
    # Debian ships fmt as a shared library and as headers; the shared one would bring libstdc++.so back.
    add_library(dane_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt.cpp)
    target_include_directories(dane_fmt PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  endif()
  # Before libfmt.so, which then nothing needs.
  target_link_libraries(${target} PRIVATE dane dane_fmt)
  target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc LINKER:--as-needed)
endfunction()
