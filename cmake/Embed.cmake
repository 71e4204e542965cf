# SPDX-License-Identifier: GPL-2.0-or-later
# Makes queries/*.sql, models/*.model and src/report/* part of the program: see
# cmake/EmbedFiles.cmake for what is generated.
function(xla_embed out)
	set(dir ${PROJECT_BINARY_DIR}/generated)
	set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake)
	file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/queries/*.sql
		${PROJECT_SOURCE_DIR}/models/*.model
		${PROJECT_SOURCE_DIR}/src/report/*.css
		${PROJECT_SOURCE_DIR}/src/report/*.js)
	# The list is an input as well: a file that goes away must leave.
	list(JOIN files "\n" listing)
	file(CONFIGURE OUTPUT ${dir}/embedded.list CONTENT "${listing}" @ONLY)
	add_custom_command(
		OUTPUT ${dir}/embedded.c ${dir}/embedded.h
		COMMAND ${CMAKE_COMMAND} -D LIST=${dir}/embedded.list
			-D OUT=${dir}/embedded -P ${script}
		DEPENDS ${files} ${script} ${dir}/embedded.list
		COMMENT "Embedding queries, models and parts of pages" VERBATIM)
	set(${out} ${dir}/embedded.c ${dir}/embedded.h PARENT_SCOPE)
endfunction()
