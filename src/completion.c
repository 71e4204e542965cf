/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A completion script for bash.  It is all text: nothing of the program runs
 * when a key is pressed.  Each subcommand is run once with the option that
 * lists its rows (options.h), so that the script cannot differ from --help.
 */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "diag.h"
#include "embedded.h"
#include "options.h"

static const char head[] =
"# bash completion for xen-lockaudit, made by 'xen-lockaudit --completion bash'\n"
"# shellcheck shell=bash\n"
"\n"
"# _xen_lockaudit_options COMMAND: a line for each option: its name, the kind of\n"
"# its value (none, any, file, directory, words), and the words there are.\n"
"_xen_lockaudit_options()\n"
"{\n"
"\tcase $1 in\n";

static const char tail[] =
"_xen_lockaudit_option_names()\n"
"{\n"
"\tlocal option kind words\n"
"\n"
"\twhile read -r option kind words; do\n"
"\t\tprintf '%s ' \"$option\"\n"
"\tdone < <(_xen_lockaudit_options \"$1\")\n"
"}\n"
"\n"
"# _xen_lockaudit_value KIND WORDS CURRENT: the values of an option.\n"
"_xen_lockaudit_value()\n"
"{\n"
"\tcase $1 in\n"
"\tfile)\n"
"\t\tcompopt -o filenames\n"
"\t\tmapfile -t COMPREPLY < <(compgen -f -W \"$2\" -- \"$3\")\n"
"\t\t;;\n"
"\tdirectory)\n"
"\t\tcompopt -o filenames\n"
"\t\tmapfile -t COMPREPLY < <(compgen -d -W \"$2\" -- \"$3\")\n"
"\t\t;;\n"
"\twords) mapfile -t COMPREPLY < <(compgen -W \"$2\" -- \"$3\") ;;\n"
"\tesac\n"
"}\n"
"\n"
"_xen_lockaudit_operand() # COMMAND CURRENT PREVIOUS\n"
"{\n"
"\tcase $2 in\n"
"\t-*)\n"
"\t\tmapfile -t COMPREPLY < <(compgen \\\n"
"\t\t\t-W \"$(_xen_lockaudit_option_names \"$1\")\" -- \"$2\")\n"
"\t\treturn\n"
"\t\t;;\n"
"\tesac\n"
"\tif [ \"$1\" = query ] && [ -f \"$3\" ]; then\n"
"\t\tmapfile -t COMPREPLY < <(compgen \\\n"
"\t\t\t-W \"$_xen_lockaudit_queries\" -- \"$2\")\n"
"\telif [ \"$1\" = query ] && _xen_lockaudit_parameters \"$2\"; then\n"
"\t\tcompopt -o nospace\n"
"\telse\n"
"\t\t_xen_lockaudit_value file '' \"$2\"\n"
"\tfi\n"
"}\n"
"\n"
"_xen_lockaudit()\n"
"{\n"
"\tlocal command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]}\n"
"\tlocal previous=${COMP_WORDS[COMP_CWORD - 1]} option kind words\n"
"\n"
"\tCOMPREPLY=()\n"
"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
"\t\tmapfile -t COMPREPLY < <(compgen \\\n"
"\t\t\t-W \"$_xen_lockaudit_commands\" -- \"$current\")\n"
"\t\treturn\n"
"\tfi\n"
"\t# Bash makes three words of --option=value.\n"
"\tif [ \"$current\" = = ]; then\n"
"\t\tcurrent=\n"
"\telif [ \"$previous\" = = ]; then\n"
"\t\tprevious=${COMP_WORDS[COMP_CWORD - 2]}\n"
"\tfi\n"
"\twhile read -r option kind words; do\n"
"\t\tif [ \"$option\" = \"$previous\" ] && [ \"$kind\" != none ]; then\n"
"\t\t\t_xen_lockaudit_value \"$kind\" \"$words\" \"$current\"\n"
"\t\t\treturn\n"
"\t\tfi\n"
"\tdone < <(_xen_lockaudit_options \"$command\")\n"
"\t_xen_lockaudit_operand \"$command\" \"$current\" \"$previous\"\n"
"}\n"
"\n"
"complete -F _xen_lockaudit xen-lockaudit\n";

/* A function that succeeds if a query that has parameters is on the line. */
static void print_parameters(void)
{
	fputs("# _xen_lockaudit_parameters CURRENT\n"
	      "_xen_lockaudit_parameters()\n{\n\tlocal word names=\n\n"
	      "\tfor word in \"${COMP_WORDS[@]:2}\"; do\n"
	      "\t\tcase $word in\n", stdout);
	for (const struct named_query *q = named_queries; q->name; q++) {
		char **name;

		if (!*q->parameters)
			continue;
		name = g_strsplit(q->parameters, ", ", -1);
		printf("\t\t%s) names='", q->name);
		for (int i = 0; name[i]; i++)
			printf("%s%s=", i ? " " : "", name[i]);
		puts("' ;;");
		g_strfreev(name);
	}
	puts("\t\tesac\n\tdone\n"
	     "\t[ -n \"$names\" ] || return 1\n"
	     "\tmapfile -t COMPREPLY < <(compgen -W \"$names\" -- \"$1\")\n"
	     "}\n");
}

static void print_options(const struct command *c)
{
	char name[32], list[] = OPTIONS_LIST;
	char *argv[] = { name, list, NULL };

	g_strlcpy(name, c->name, sizeof(name));
	printf("\t%s) printf '%%s\\n'", c->name);
	c->run(2, argv);
	puts(" ;;");
}

int completion_print(const char *shell, const struct command *commands)
{
	if (strcmp(shell, "bash") != 0)
		return diag_error("there is no completion for '%s', only for "
				  "bash", shell);
	fputs(head, stdout);
	for (const struct command *c = commands; c->name; c++)
		print_options(c);
	fputs("\tesac\n}\n\n_xen_lockaudit_commands='", stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("%s ", c->name);
	fputs("--completion --help --version'\n_xen_lockaudit_queries='",
	      stdout);
	for (unsigned i = 0; i < named_queries_nr; i++)
		printf("%s%s", i ? " " : "", named_queries[i].name);
	puts("'\n");
	print_parameters();
	fputs(tail, stdout);
	return 0;
}
