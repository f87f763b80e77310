# Programs install themselves where they are made; here is what lies beside them.
foreach(document LICENSE README.md README.es.md CHANGELOG.md)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${document})
    install(FILES ${document} DESTINATION ${CMAKE_INSTALL_DOCDIR})
  endif()
endforeach()
