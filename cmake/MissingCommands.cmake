# SPDX-License-Identifier: GPL-2.0-or-later
# Adds to the list a generated source with a function for each subcommand of
# command.h that has no cmd_NAME.c among the sources, so that a partial tree
# links: such a subcommand only says that it is missing.
function(xla_missing_commands list)
	set(code "#include \"command.h\"\n#include \"diag.h\"\n")
	set(missing 0)
	file(STRINGS ${PROJECT_SOURCE_DIR}/src/command.h declarations REGEX "^int cmd_")
	foreach(declaration IN LISTS declarations)
		string(REGEX MATCH "cmd_([a-z]+)" function "${declaration}")
		set(name ${CMAKE_MATCH_1})
		if(NOT "${${list}}" MATCHES "/${function}\\.c")
			string(APPEND code "int ${function}(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	diag_error(\"this build has no '${name}'\");
	return EXIT_TROUBLE;
}
")
			set(missing 1)
		endif()
	endforeach()
	if(missing)
		set(file ${PROJECT_BINARY_DIR}/generated/cmd_missing.c)
		file(CONFIGURE OUTPUT ${file} CONTENT "${code}" @ONLY)
		set(${list} ${${list}} ${file} PARENT_SCOPE)
	endif()
endfunction()
