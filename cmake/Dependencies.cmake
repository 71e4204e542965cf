# SPDX-License-Identifier: GPL-2.0-or-later
# The libraries we link: target xla_dependencies, and XLA_CLANG_RESOURCE_DIR,
# the directory that holds clang's own headers.
find_package(PkgConfig REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.74)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.37)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash>=0.8)
pkg_check_modules(GRAPHVIZ REQUIRED IMPORTED_TARGET libgvc libcgraph)
pkg_check_modules(JEMALLOC IMPORTED_TARGET jemalloc)

# Debian keeps each version of LLVM in a directory of its own.
set(clang_versions 19 18 17)
set(clang_roots)
foreach(version IN LISTS clang_versions)
	list(APPEND clang_roots /usr/lib/llvm-${version})
endforeach()
find_path(CLANG_INCLUDE_DIR clang-c/Index.h HINTS ${clang_roots}
	PATH_SUFFIXES include REQUIRED)
find_library(CLANG_LIBRARY NAMES clang clang-19 clang-18 clang-17
	HINTS ${clang_roots} PATH_SUFFIXES lib REQUIRED)

get_filename_component(clang_root ${CLANG_INCLUDE_DIR} DIRECTORY)
find_program(CLANG_PROGRAM NAMES clang clang-19 clang-18 clang-17
	HINTS ${clang_root}/bin NO_DEFAULT_PATH)
if(CLANG_PROGRAM)
	execute_process(COMMAND ${CLANG_PROGRAM} -print-resource-dir
		OUTPUT_VARIABLE resource_dir OUTPUT_STRIP_TRAILING_WHITESPACE
		COMMAND_ERROR_IS_FATAL ANY)
else()
	file(GLOB candidates ${clang_root}/lib/clang/*)
	list(GET candidates 0 resource_dir)
endif()
set(XLA_CLANG_RESOURCE_DIR ${resource_dir} CACHE PATH
	"Directory of clang's own headers, as of clang -print-resource-dir")

add_library(xla_dependencies INTERFACE)
target_link_libraries(xla_dependencies INTERFACE PkgConfig::GLIB
	PkgConfig::JANSSON PkgConfig::SQLITE PkgConfig::XXHASH
	PkgConfig::GRAPHVIZ ${CLANG_LIBRARY} m)
target_include_directories(xla_dependencies SYSTEM INTERFACE
	${CLANG_INCLUDE_DIR})
