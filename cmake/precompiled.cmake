# Headers that most files include, parsed once per build: a third of the time of a clean build.  Off, a build
# shows that every file includes what it uses; the release presets build so.
option(DANE_PRECOMPILE "Precompile common headers" ON)

# dane_precompile(TARGET OWNER HEADER...): TARGET shares OWNER's precompiled headers, or makes them when it
# is the owner.  All that share have the same compile definitions.
function(dane_precompile target owner)
  if(NOT DANE_PRECOMPILE)
    return()
  endif()
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
