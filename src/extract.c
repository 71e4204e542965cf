/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a compilation database to a database of facts: chooses the commands,
 * has them extracted, joins what comes back, and stores it.
 */
#include "extract.h"

#include <string.h>

#include <glib.h>

#include "cache_limit.h"
#include "compdb.h"
#include "diag.h"
#include "extract_int.h"
#include "facts_table.h"
#include "link.h"
#include "linkscript.h"
#include "saf.h"
#include "store.h"

/* What a run has found so far. */
struct extraction {
	struct linker *linker;
	struct linkscript *script;
	unsigned failed_nr, done_nr;
	GPtrArray *failed;	/* of struct extract_options */
};

static bool is_failure(enum tu_status status)
{
	return status != TU_OK;
}

static void take(struct facts *facts, void *data)
{
	struct extraction *extraction = data;

	for (guint i = 1; i < facts->tu->len; i++) {
		const struct fact_tu *tu = FACT_TU(facts, i);

		extraction->done_nr++;
		if (!is_failure(tu->status))
			continue;
		extraction->failed_nr++;
		if (extraction->failed)
			g_ptr_array_add(extraction->failed,
					g_strdup(tu->file));
		diag_warning("cannot read '%s' to the end: %s", tu->file,
			     tu->message);
	}
	linkscript_apply(extraction->script, facts);
	linker_add(extraction->linker, facts);
	facts_free(facts);
}

/* The C files of a shard, or of all. */
static GPtrArray *chosen_commands(const GPtrArray *all,
				  const struct extract_options *options)
{
	GPtrArray *out = g_ptr_array_new();
	unsigned nr = 0;

	for (guint i = 0; i < all->len; i++) {
		struct compile_command *command = all->pdata[i];

		if (!compile_command_is_c(command))
			continue;
		if (!options->shards ||
		    nr % options->shards == options->shard)
			g_ptr_array_add(out, command);
		nr++;
	}
	return out;
}

static char *root_of(const GPtrArray *all,
		     const struct extract_options *options)
{
	GPtrArray *files;
	char *root;

	if (options->source_root) {
		char *cwd = g_get_current_dir();

		root = g_canonicalize_filename(options->source_root, cwd);
		g_free(cwd);
		return root;
	}
	files = g_ptr_array_new();
	for (guint i = 0; i < all->len; i++) {
		const struct compile_command *command = all->pdata[i];

		g_ptr_array_add(files, command->file);
	}
	root = extract_source_root((const char *const *)files->pdata,
				   files->len);
	g_ptr_array_free(files, TRUE);
	return root;
}

static bool is_script(const struct compile_command *command)
{
	return g_str_has_suffix(command->file, ".lds.S");
}

/* The linker's script: one that a command makes, else what a build of Xen for
 * x86 has left, else what it would be made from. */
static void read_script(struct linkscript *script, const GPtrArray *all,
			const char *root)
{
	static const char *const names[] = { "arch/x86/xen.lds",
					     "arch/x86/xen.lds.S" };
	bool found = false;

	for (guint i = 0; i < all->len; i++) {
		const struct compile_command *command = all->pdata[i];

		if (is_script(command))
			found |= linkscript_read(script, command->file);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names) && !found; i++) {
		char *path = g_build_filename(root, names[i], NULL);

		found = linkscript_read(script, path);
		g_free(path);
	}
}

/* All shards have the assembly: it is quick, and joins to one. */
static void add_assembly(struct extraction *extraction, const GPtrArray *all,
			 const char *root)
{
	struct facts *facts = facts_new();

	for (guint i = 0; i < all->len; i++) {
		const struct compile_command *command = all->pdata[i];

		if (compile_command_is_assembly(command) &&
		    !is_script(command))
			extract_assembly(facts, command->file, root);
	}
	linker_add(extraction->linker, facts);
	facts_free(facts);
}

static int extract_all(struct extraction *extraction, const GPtrArray *all,
		       const char *root, const struct extract_options *options)
{
	struct cache *cache = options->cache ? cache_new(options->cache)
					     : NULL;
	const struct pool_options pool = {
		.source_root = root,
		.cache = cache,
		.jobs = MAX(options->jobs, 1),
		.timeout = options->timeout,
		.progress = options->progress,
	};
	GPtrArray *commands = chosen_commands(all, options);
	int ret = pool_run(commands, &pool, take, extraction);

	if (ret == 0)
		add_assembly(extraction, all, root);
	g_ptr_array_free(commands, TRUE);
	cache_free(cache);
	if (options->cache)
		cache_limit_apply(options->cache, options->cache_size);
	return ret;
}

/* The register of the tree, whose folder xen/ is the root of the sources. */
static char *justifications_of(const char *root)
{
	char *top = g_path_get_dirname(root);
	char *text = saf_read(top);

	g_free(top);
	return text;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* UNIT: see store_write_shard. */
static int store_facts(const struct facts *facts, const GPtrArray *unit,
		       const char *root, const struct extract_options *options)
{
	char *justifications = justifications_of(root);
	const struct store_meta meta = {
		.tree_version = or_empty(options->tree.version),
		.tree_commit = or_empty(options->tree.commit),
		.tree_config = or_empty(options->tree.config),
		.source_root_hash = "",
		.justifications = justifications,
		.shard = options->shard,
		.shards = options->shards,
	};
	int ret = store_write_shard(options->output, facts, &meta, unit);

	g_free(justifications);
	return ret;
}

static int run(const GPtrArray *all, const char *root,
	       const struct extract_options *options, unsigned *failed_nr)
{
	struct extraction extraction = { .linker = linker_new(),
					 .script = linkscript_new(),
					 .failed = options->failed };
	GPtrArray *unit = NULL;
	struct facts *facts;
	int ret;

	if (options->shards) {
		unit = g_ptr_array_new_with_free_func(
			(GDestroyNotify)g_bytes_unref);
		linker_keep(extraction.linker, unit);
	}
	read_script(extraction.script, all, root);
	ret = extract_all(&extraction, all, root, options);
	linkscript_free(extraction.script);
	facts = linker_finish(extraction.linker);
	*failed_nr = extraction.failed_nr;
	if (ret == 0)
		ret = store_facts(facts, unit, root, options);
	if (unit)
		g_ptr_array_unref(unit);
	if (ret == 0)
		diag_verbose("%u files, %u functions", extraction.done_nr,
			     facts->function->len - 1);
	facts_free(facts);
	return ret;
}

char *extract_cache_directory(const char *option)
{
	char *cwd, *path;

	if (!option)
		return g_build_filename(g_get_user_cache_dir(),
					"xen-lockaudit", "facts", NULL);
	if (!strcmp(option, "none"))
		return NULL;
	cwd = g_get_current_dir();
	path = g_canonicalize_filename(option, cwd);
	g_free(cwd);
	return path;
}

int extract_run(const struct extract_options *options, unsigned *failed_nr)
{
	GPtrArray *all;
	char *root;
	int ret;

	*failed_nr = 0;
	if (compdb_read(&all, options->compdb) < 0)
		return -1;
	root = root_of(all, options);
	ret = run(all, root, options, failed_nr);
	g_free(root);
	g_ptr_array_free(all, TRUE);
	return ret;
}
