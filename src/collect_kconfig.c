// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration of the copy.  A wanted configuration is a fragment that
 * the tree's own kconfig completes with defaults; afterwards what became of
 * each wanted option is checked, as kconfig drops what it does not know or
 * what depends on something that is off.
 */
#include "collect_int.h"

#include <string.h>

#include "diag.h"

/* Each adds mm-lock code, or makes one that does selectable. */
static const char widest[] =
	"CONFIG_EXPERT=y\n"
	"CONFIG_UNSUPPORTED=y\n"
	"CONFIG_DEBUG=y\n"
	"CONFIG_PV=y\n"
	"CONFIG_PV32=y\n"
	"CONFIG_HVM=y\n"
	"CONFIG_AMD_SVM=y\n"
	"CONFIG_INTEL_VMX=y\n"
	"CONFIG_SHADOW_PAGING=y\n"
	"CONFIG_MEM_SHARING=y\n"
	"CONFIG_MEM_PAGING=y\n"
	"CONFIG_MEM_ACCESS=y\n"
	"CONFIG_VM_EVENT=y\n"
	"CONFIG_ALTP2M=y\n"
	"CONFIG_NESTED_VIRT=y\n"
	"CONFIG_VIRIDIAN=y\n"
	"CONFIG_HVM_FEP=y\n"
	"CONFIG_XENOPROF=y\n"
	"CONFIG_TBOOT=y\n"
	"CONFIG_GRANT_TABLE=y\n"
	"CONFIG_XSM=y\n"
	"CONFIG_FLASK=y\n"
	"CONFIG_XSM_FLASK=y\n"
	"CONFIG_XSM_SILO=y\n";

/* The built-in policy is data; it needs a compiler of its own. */
static const char no_policy[] =
	"# CONFIG_XSM_FLASK_POLICY is not set\n"
	"# CONFIG_XSM_POLICY is not set\n";

int kconfig_read(struct collect *c)
{
	const char *wanted = c->options->kconfig;
	GError *error = NULL;

	if (!wanted || strcmp(wanted, "widest") == 0) {
		c->config_name = g_strdup("widest");
		c->fragment = g_strconcat(widest, no_policy, NULL);
		return 0;
	}
	c->config_name = g_path_get_basename(wanted);
	if (strcmp(wanted, "defconfig") == 0)
		return 0;
	if (!g_file_get_contents(wanted, &c->fragment, NULL, &error)) {
		diag_error("cannot read configuration: %s", error->message);
		g_error_free(error);
		return -1;
	}
	if (!strstr(c->fragment, "CONFIG_"))
		return diag_error("'%s' is no configuration: it sets no "
				  "option", wanted);
	wanted = c->fragment;
	c->fragment = g_strconcat(wanted, "\n", no_policy, NULL);
	g_free((char *)wanted);
	return 0;
}

/* The symbol that a line of a Kconfig file begins to define, or NULL. */
static const char *symbol_of(const char *line)
{
	if (g_str_has_prefix(line, "menu"))
		line += strlen("menu");
	if (!g_str_has_prefix(line, "config ") &&
	    !g_str_has_prefix(line, "config\t"))
		return NULL;
	line += strlen("config ");
	return line + strspn(line, " \t");
}

/* Adds the symbols that one Kconfig file defines and .config tells. */
static void add_symbols(GHashTable *symbols, const char *path)
{
	const char *last = NULL;
	char *text = NULL, **lines;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		const char *symbol = symbol_of(g_strstrip(*line));

		if (symbol) {
			last = symbol;
			g_hash_table_add(symbols, g_strdup(symbol));
		} else if (last && g_str_has_prefix(*line, "option env")) {
			g_hash_table_remove(symbols, last);
		}
	}
	g_strfreev(lines);
	g_free(text);
}

/* All symbols that the x86 configuration may have. */
static GHashTable *read_symbols(const struct collect *c)
{
	GHashTable *symbols = g_hash_table_new_full(g_str_hash, g_str_equal,
						    g_free, NULL);

	for (guint i = 0; i < c->files->len; i++) {
		const struct source_file *file = c->files->pdata[i];
		const char *name = strrchr(file->path, '/');
		char *path;

		if (!name || !g_str_has_prefix(name, "/Kconfig") ||
		    (g_str_has_prefix(file->path, "xen/arch/") &&
		     !g_str_has_prefix(file->path, "xen/arch/x86/")))
			continue;
		path = g_build_filename(c->tree.root, file->path, NULL);
		add_symbols(symbols, path);
		g_free(path);
	}
	return symbols;
}

static bool holds_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at += len)
		if ((at == text || at[-1] == '\n') &&
		    (at[len] == '\n' || at[len] == '\0'))
			return true;
	return false;
}

static void check_line(const char *config, GHashTable *symbols,
		       const char *line)
{
	const char *name = line + strlen("CONFIG_");
	char *symbol = g_strndup(name, strcspn(name, "="));

	if (g_hash_table_contains(symbols, symbol) &&
	    !holds_line(config, line))
		diag_warning("this tree's configuration does not take '%s'",
			     line);
	else if (!g_hash_table_contains(symbols, symbol))
		diag_verbose("this tree has no option '%s'", symbol);
	g_free(symbol);
}

/* Of values other than "y", many say what kconfig itself finds out. */
static void check_taken(const struct collect *c, const char *config)
{
	GHashTable *symbols = read_symbols(c);
	char **lines = g_strsplit(c->fragment, "\n", -1);

	for (char **line = lines; *line; line++)
		if (g_str_has_prefix(g_strstrip(*line), "CONFIG_") &&
		    g_str_has_suffix(*line, "=y"))
			check_line(config, symbols, *line);
	g_strfreev(lines);
	g_hash_table_unref(symbols);
}

int kconfig_apply(struct collect *c)
{
	char *path = g_build_filename(c->source, ".config", NULL);
	char *kept = g_build_filename(c->work, "config", NULL);
	char *text = NULL;
	int ret;

	if (c->fragment)
		ret = dir_write(path, c->fragment, 0644) < 0 ? -1 :
		      make_run(c, "olddefconfig");
	else
		ret = make_run(c, "defconfig");
	if (ret == 0 && !g_file_get_contents(path, &text, NULL, NULL))
		ret = diag_error("the tree's kconfig wrote no configuration; "
				 "see '%s'", c->log);
	if (ret == 0 && c->fragment)
		check_taken(c, text);
	if (ret == 0)
		ret = dir_write(kept, text, 0644);
	g_free(text);
	g_free(kept);
	g_free(path);
	return ret;
}
