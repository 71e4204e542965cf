# SPDX-License-Identifier: GPL-2.0-or-later
# tests/unit/test_NAME.c: a cmocka program each.  tests/*.sh, tests/cli/*.sh:
# a script each, run in a directory of its own with the program in $XLA and the
# checkout in $XLA_SOURCE; exit status 77 means skipped.
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

set(test_environment
	XLA=$<TARGET_FILE:xen-lockaudit>
	XLA_SOURCE=${PROJECT_SOURCE_DIR}
	XLA_BUILD=${PROJECT_BINARY_DIR}
	XLA_CLANG_INCLUDE=${CLANG_INCLUDE_DIR}
	CC=${CMAKE_C_COMPILER}
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0)

function(xla_test name)
	set(dir ${PROJECT_BINARY_DIR}/tests/${name})
	file(MAKE_DIRECTORY ${dir})
	add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${dir})
	set_tests_properties(${name} PROPERTIES
		ENVIRONMENT "${test_environment}"
		SKIP_RETURN_CODE 77 TIMEOUT 1800)
endfunction()

file(GLOB units CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/test_*.c)
if(XLA_EXCLUDE)
	list(FILTER units EXCLUDE REGEX "${XLA_EXCLUDE}")
endif()
foreach(unit IN LISTS units)
	get_filename_component(name ${unit} NAME_WE)
	add_executable(${name} ${unit})
	target_link_libraries(${name} PRIVATE lockaudit PkgConfig::CMOCKA)
	string(REPLACE "test_" "unit-" test ${name})
	xla_test(${test} ${name})
endforeach()

# Small programs that the scripts use, in XLA_BUILD.
file(GLOB tools CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/tools/*.c)
foreach(tool IN LISTS tools)
	get_filename_component(name ${tool} NAME_WE)
	add_executable(${name} ${tool})
	target_link_libraries(${name} PRIVATE lockaudit)
endforeach()

file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.sh
	${PROJECT_SOURCE_DIR}/tests/cli/*.sh)
foreach(script IN LISTS scripts)
	file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/tests ${script})
	string(REGEX REPLACE "\\.sh$" "" name ${name})
	string(REPLACE "/" "-" name ${name})
	xla_test(${name} sh ${script})
endforeach()

# Random programs, run and audited; tests/random/wrong lists those that come out
# wrong today.
find_program(PYTHON3 python3)
if(PYTHON3)
	xla_test(random ${PYTHON3} ${PROJECT_SOURCE_DIR}/tests/random/run
		--seed 1 --count 500)
	# Two of the deliberate errors that they notice; the script makes all.
	xla_test(random-mutants
		${PYTHON3} ${PROJECT_SOURCE_DIR}/tests/random/mutants
		--build ${PROJECT_BINARY_DIR} --count 40 4 24)
endif()
