// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands in for the compiler and the linker.  Both are small shell
 * scripts in the work directory.
 *
 * The compiler's stand-in notes each compilation of a C file or assembly to an object and
 * puts an empty object in its place, so that make goes on.  It takes for such
 * a compilation what also writes dependencies for make: probes of the
 * compiler never do.  Everything else is really done: preprocessing and
 * assembly output, from which headers are generated; 32-bit code, whose bytes
 * the boot code takes in; and each probe once, as makefiles that include each
 * other ask the same in every directory.
 *
 * The linker's stand-in stops the build at the final link, which by then has
 * all objects it is made from.
 */
#include "collect_int.h"

#include <stdio.h>
#include <unistd.h>

#include "diag.h"

/* Parameters: process of this run, directories, empty object, compiler. */
static const char cc_head[] =
	"#!/bin/sh\n"
	"owner=%ld probes=%s records=%s empty=%s\n"
	"compiler() { exec %s \"$@\"; }\n";

static const char cc_script[] =
	"# Notes a compilation instead of doing it.\n"
	"kill -0 $owner || exit 1\n"
	"previous= compile= whole= included= stdin=\n"
	"depfile= output= source=\n"
	"for word do\n"
	"	case $previous in\n"
	"	-o) output=$word ;;\n"
	"	-MF) depfile=$word ;;\n"
	"	-include|-imacros) included=1 ;;\n"
	"	esac\n"
	"	case $previous in\n"
	"	-o|-M[FQT]|-x|-[DUI]|-include|-imacros|-isystem|-iquote)\n"
	"		previous=\n"
	"		continue ;;\n"
	"	esac\n"
	"	case $word in\n"
	"	-o|-M[FQT]|-x|-[DUI]|-include|-imacros|-isystem|-iquote)\n"
	"		previous=$word ;;\n"
	"	-c) compile=1 ;;\n"
	"	-S|-E|-M|-MM|-m32|-m16) whole=1 ;;\n"
	"	-Wp,-MD,*|-Wp,-MMD,*) depfile=${word##*,} ;;\n"
	"	-) stdin=1 ;;\n"
	"	-*) ;;\n"
	"	*.c|*.S) source=$word ;;\n"
	"	esac\n"
	"done\n"
	"\n"
	"# A probe of the compiler: every directory asks the same ones.\n"
	"if [ \"$output\" = /dev/null ] && [ ! \"$included$source\" ]; then\n"
	"	input= where=\n"
	"	if [ \"$stdin\" ]; then\n"
	"		while IFS= read -r line || [ \"$line\" ]; do\n"
	"			input=\"$input$line\n"
	"\"\n"
	"		done\n"
	"	fi\n"
	"	case $input in *include*) where=$PWD ;; esac\n"
	"	key=$(cksum <<.\n"
	"$where $* $input\n"
	".\n"
	"	)\n"
	"	answer=$probes/${key%% *}-${key##* }\n"
	"	[ ! -e \"$answer.good\" ] || exit 0\n"
	"	if [ ! -e \"$answer.bad\" ] && [ ! -e \"$answer.loud\" ]; then\n"
	"		kind=bad\n"
	"		if printf %s \"$input\" | compiler \"$@\" 2>\"$answer.$$\"; then\n"
	"			kind=good\n"
	"			[ ! -s \"$answer.$$\" ] || kind=loud\n"
	"		fi\n"
	"		mv \"$answer.$$\" \"$answer.$kind\"\n"
	"	fi\n"
	"	[ ! -e \"$answer.good\" ] || exit 0\n"
	"	kind=bad\n"
	"	[ ! -e \"$answer.loud\" ] || kind=loud\n"
	"	while IFS= read -r line; do\n"
	"		printf '%s\\n' \"$line\" >&2\n"
	"	done <\"$answer.$kind\"\n"
	"	[ $kind = loud ]\n"
	"	exit\n"
	"fi\n"
	"\n"
	"if [ ! \"$compile\" ] || [ \"$whole\" ] || [ ! \"$depfile\" ] ||\n"
	"   [ ! \"$output\" ] || [ ! \"$source\" ]; then\n"
	"	compiler \"$@\"\n"
	"fi\n"
	"case $source in\n"
	"*.c|*.S)\n"
	"	record=$records/$$\n"
	"	while [ -e \"$record\" ]; do record=$record+; done\n"
	"	printf '%s\\0' \"$PWD\" \"$output\" \"$source\" \"$@\" \\\n"
	"		>\"$record\" || exit 1 ;;\n"
	"esac\n"
	"printf '%s: %s\\n' \"$output\" \"$source\" >\"$depfile\" &&\n"
	"exec cp $empty \"$output\"\n";

/* Parameter: the file that says that the link was reached. */
static const char ld_script[] =
	"#!/bin/sh\n"
	"# Stops at the final link, the one by the linker script of Xen.\n"
	"for word do\n"
	"	case $word in\n"
	"	xen.lds|*/xen.lds|efi.lds|*/efi.lds)\n"
	"		echo 'all objects are there: no link is needed' >&2\n"
	"		: >%s\n"
	"		exit 1 ;;\n"
	"	esac\n"
	"done\n"
	"exec ld \"$@\"\n";

char *wrapper_path(const struct collect *c, const char *name)
{
	return g_build_filename(c->work, "tools", name, NULL);
}

/* The compiler's words, each quoted for the shell. */
static char *quoted_cc(const struct collect *c)
{
	GString *text = g_string_new(NULL);

	for (char **word = c->cc; *word; word++) {
		char *quoted = g_shell_quote(*word);

		g_string_append_printf(text, "%s%s", text->len ? " " : "",
				       quoted);
		g_free(quoted);
	}
	return g_string_free(text, FALSE);
}

static int write_cc(const struct collect *c, const char *empty)
{
	char *path = wrapper_path(c, "cc"), *probes = wrapper_path(c, "probes");
	char *cc = quoted_cc(c);
	char *head = g_strdup_printf(cc_head, (long)getpid(), probes,
				     c->records, empty, cc);
	char *text = g_strconcat(head, cc_script, NULL);
	int ret = dir_make(probes);

	if (ret == 0)
		ret = dir_write(path, text, 0755);
	g_free(text);
	g_free(head);
	g_free(cc);
	g_free(probes);
	g_free(path);
	return ret;
}

static int write_ld(const struct collect *c)
{
	char *path = wrapper_path(c, "ld");
	char *linked = wrapper_path(c, "linked");
	char *text = g_strdup_printf(ld_script, linked);
	int ret = dir_write(path, text, 0755);

	g_free(text);
	g_free(linked);
	g_free(path);
	return ret;
}

static int make_empty_object(const struct collect *c, const char *empty)
{
	const char *const rest[] = { "-c", "-x", "assembler", "/dev/null",
				     "-o", empty, NULL };
	GStrvBuilder *words = g_strv_builder_new();
	char **argv;
	int ret = 0;

	g_strv_builder_addv(words, (const char **)c->cc);
	g_strv_builder_addv(words, (const char **)rest);
	argv = g_strv_builder_end(words);
	g_strv_builder_unref(words);
	if (!make_spawn(c, (const char *const *)argv))
		ret = diag_error("compiler '%s' cannot assemble an empty "
				 "file; see '%s'", c->cc[0], c->log);
	g_strfreev(argv);
	return ret;
}

int wrapper_write(const struct collect *c)
{
	char *dir = g_build_filename(c->work, "tools", NULL);
	char *empty = wrapper_path(c, "empty.o");
	int ret = dir_make(dir);

	if (ret == 0)
		ret = make_empty_object(c, empty);
	if (ret == 0)
		ret = write_cc(c, empty);
	if (ret == 0)
		ret = write_ld(c);
	g_free(empty);
	g_free(dir);
	return ret;
}

bool wrapper_linked(const struct collect *c)
{
	char *linked = wrapper_path(c, "linked");
	bool found = g_file_test(linked, G_FILE_TEST_EXISTS);

	g_free(linked);
	return found;
}
