# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed, and the Debian package: "cpack" in the build directory.
install(TARGETS xen-lockaudit)
foreach(section 1 5 7)
	file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.${section})
	install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

# The program has both built in; they are for reading and for copies.
set(data ${CMAKE_INSTALL_DATADIR}/xen-lockaudit)
install(DIRECTORY models DESTINATION ${data} FILES_MATCHING PATTERN "*.model")
install(DIRECTORY queries DESTINATION ${data} FILES_MATCHING PATTERN "*.sql")
install(DIRECTORY contrib DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
	FILES_MATCHING PATTERN "*.md" PATTERN img EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# The program writes its own completion.
set(completion ${PROJECT_BINARY_DIR}/generated/xen-lockaudit.bash)
add_custom_command(OUTPUT ${completion}
	COMMAND $<TARGET_FILE:xen-lockaudit> --completion bash > ${completion}
	DEPENDS xen-lockaudit COMMENT "Writing the completion" VERBATIM)
add_custom_target(completion ALL DEPENDS ${completion})
install(FILES ${completion} RENAME xen-lockaudit
	DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "xen-lockaudit maintainers <maintainers@localhost>"
	CACHE STRING "Who answers for the package")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
	"audits the lock ordering of the Xen hypervisor's mm code")
set(CPACK_PACKAGE_DESCRIPTION
"Lists every order in which the hypervisor's mm locks can be acquired, proves
which of them the audited tree's own rule allows, and shows a source-level
witness for each one that it does not.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Clang's own headers, of the version that we link.
string(REGEX MATCH "clang/([0-9]+)" clang_major "${XLA_CLANG_RESOURCE_DIR}")
set(clang_major ${CMAKE_MATCH_1})
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libclang-common-${clang_major}-dev")
# What "collect" needs of a Xen tree's build, and "gate" of a checkout.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
	"gcc, libc6-dev, binutils, make, flex, bison, python3, git")
include(CPack)
