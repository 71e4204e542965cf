// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs that Xen's build needs, looked for before it starts. */
#include "collect_int.h"

#include "diag.h"

struct tool {
	const char *name;
	const char *package;	/* what Debian calls what holds it */
	const char *unless;	/* not needed if this is in the tree */
};

static const struct tool tools[] = {
	{ "make", "make", NULL },
	{ "ld", "binutils", NULL },
	{ "objcopy", "binutils", NULL },
	{ "python3", "python3", NULL },
	{ "flex", "flex", "xen/tools/kconfig/zconf.lex.c_shipped" },
	{ "bison", "bison", "xen/tools/kconfig/zconf.tab.c_shipped" },
};

static bool is_installed(const char *name)
{
	char *path = g_find_program_in_path(name);
	bool found = path != NULL;

	g_free(path);
	return found;
}

static bool is_in_tree(const struct collect *c, const char *path)
{
	char *full = g_build_filename(c->tree.root, path, NULL);
	bool found = g_file_test(full, G_FILE_TEST_EXISTS);

	g_free(full);
	return found;
}

static int find_needed(const struct collect *c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tools); i++) {
		const struct tool *t = &tools[i];

		if (is_installed(t->name) ||
		    (t->unless && is_in_tree(c, t->unless)))
			continue;
		return diag_error("cannot find '%s', which Xen's build needs; "
				  "install the package '%s'", t->name,
				  t->package);
	}
	return 0;
}

/* What a command prints, or NULL if it fails. */
static char *output_of(const char *const *argv)
{
	char *out = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)argv, NULL,
			  G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
			  NULL, NULL, &out, NULL, &status, NULL))
		return NULL;
	if (!g_spawn_check_wait_status(status, NULL))
		g_clear_pointer(&out, g_free);
	return out;
}

int tools_find_cc(struct collect *c)
{
	const char *command = c->options->cc ? c->options->cc : "gcc";
	GStrvBuilder *words = g_strv_builder_new();
	char **argv;

	if (!g_shell_parse_argv(command, NULL, &c->cc, NULL)) {
		g_strv_builder_unref(words);
		return diag_error("'%s' is no command for a compiler",
				  command);
	}
	g_strv_builder_addv(words, (const char **)c->cc);
	g_strv_builder_add(words, "--version");
	argv = g_strv_builder_end(words);
	g_strv_builder_unref(words);
	if (!is_installed(c->cc[0]))
		diag_error("cannot find compiler '%s'; install it or name "
			   "another with --cc", c->cc[0]);
	else if (!(c->cc_version = output_of((const char *const *)argv)))
		diag_error("compiler '%s' does not run: '--version' fails",
			   command);
	g_strfreev(argv);
	return c->cc_version ? 0 : -1;
}

static int find_hostcc(struct collect *c)
{
	static const char *const names[] = { "gcc", "cc", "clang" };

	for (size_t i = 0; i < G_N_ELEMENTS(names) && !c->hostcc; i++)
		if (is_installed(names[i]))
			c->hostcc = g_strdup(names[i]);
	if (!c->hostcc)
		return diag_error("cannot find 'gcc', which Xen's build needs "
				  "for its own tools; install the package "
				  "'gcc'");
	return 0;
}

/* The interpreter itself: what stands in the path may be a slow script. */
static int find_python(struct collect *c)
{
	static const char *const argv[] = {
		"python3", "-c", "import sys; print(sys.executable)", NULL,
	};

	c->python = output_of(argv);
	if (!c->python || !g_strstrip(c->python)[0])
		return diag_error("'python3' does not run; Xen's build needs "
				  "it");
	return 0;
}

int tools_find(struct collect *c)
{
	if (tools_find_cc(c) < 0 || find_needed(c) < 0 || find_hostcc(c) < 0)
		return -1;
	return find_python(c);
}
