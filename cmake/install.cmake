# One library for users: a CMake package `find_package(dane)` with dane::dane, and dane.pc.
include(CMakePackageConfigHelpers)

install(TARGETS dane EXPORT daneTargets ARCHIVE LIBRARY)
install(DIRECTORY include/dane DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT daneTargets NAMESPACE dane:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dane)
configure_package_config_file(cmake/daneConfig.cmake.in daneConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dane)
write_basic_package_version_file(daneConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/daneConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/daneConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dane)

configure_file(cmake/dane.pc.in dane.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dane.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS tlsa-check tls-policy-check RUNTIME)
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.[0-9])
foreach(page IN LISTS pages)
  get_filename_component(section ${page} LAST_EXT)
  string(SUBSTRING ${section} 1 -1 section)
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
