/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two trees, "0" and "1", each a work directory of collect, with a note beside
 * it that says which revision was configured there and whose sources are in it
 * now.  The note is removed before a tree changes and written afterwards: a
 * run that was killed leaves a tree that the next one makes anew.
 *
 * Approximation: a C file that is compiled is not taken to decide what is
 * generated or configured; where only such files differ nothing is configured
 * again.
 */
#include "gate_tree.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "collect.h"
#include "command.h"
#include "compdb.h"
#include "diag.h"
#include "lockfile.h"
#include "output.h"
#include "xentree.h"

enum {
	TREES = 2,
	PATHS_MAX = 1000,	/* of a command line */
};

/* What a tree holds; strings are owned; NULL: nothing that can be used. */
struct note {
	char *key;		/* gate_tree_key */
	char *made, *made_sum;	/* configured: commit, sum of its sources */
	char *now, *now_sum;	/* whose sources are there */
	char *version, *config;	/* of struct collect_result */
};

struct gate_tree {
	struct gate_tree_options options;
	char *work, *key;
	int lock_fd;
};

/* ---- paths ---- */

static char *in_work(const struct gate_tree *t, const char *name)
{
	return g_build_filename(t->work, name, NULL);
}

static char *in_tree(const struct gate_tree *t, unsigned tree,
		     const char *name)
{
	const char number[] = { (char)('0' + tree), '\0' };

	return g_build_filename(t->work, number, name, NULL);
}

static char *note_path(const struct gate_tree *t, unsigned tree)
{
	const char name[] = { 'n', 'o', 't', 'e', (char)('0' + tree), '\0' };

	return in_work(t, name);
}

/* ---- notes ---- */

static char *sum_of(const char *text)
{
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static void note_clear(struct note *note)
{
	g_free(note->key);
	g_free(note->made);
	g_free(note->made_sum);
	g_free(note->now);
	g_free(note->now_sum);
	g_free(note->version);
	g_free(note->config);
	memset(note, 0, sizeof(*note));
}

/* false: the tree holds nothing that can be used. */
static bool note_read(const struct gate_tree *t, unsigned tree,
		      struct note *note)
{
	char **const fields[] = { &note->key, &note->made, &note->made_sum,
				  &note->now, &note->now_sum, &note->version,
				  &note->config };
	char *path = note_path(t, tree), *text = NULL, **line;
	bool ok;

	memset(note, 0, sizeof(*note));
	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_free(path);
		return false;
	}
	line = g_strsplit(text, "\n", -1);
	ok = g_strv_length(line) == G_N_ELEMENTS(fields) + 1 &&
	     strcmp(line[0], t->key) == 0;
	for (size_t i = 0; ok && i < G_N_ELEMENTS(fields); i++)
		*fields[i] = g_strdup(line[i]);
	g_strfreev(line);
	g_free(text);
	g_free(path);
	return ok;
}

static int note_write(const struct gate_tree *t, unsigned tree,
		      const struct note *note)
{
	char *path = note_path(t, tree);
	char *text = g_strjoin("\n", note->key, note->made, note->made_sum,
			       note->now, note->now_sum, note->version,
			       note->config, "", NULL);
	int ret = output_write(path, text);

	g_free(text);
	g_free(path);
	return ret;
}

/* Neither this program nor collect trusts the tree from here on. */
static void note_remove(const struct gate_tree *t, unsigned tree)
{
	char *path = note_path(t, tree), *stamp = in_tree(t, tree, "stamp");

	unlink(path);
	unlink(stamp);
	g_free(stamp);
	g_free(path);
}

static void set(char **field, const char *text)
{
	char *copy = g_strdup(text);

	g_free(*field);
	*field = copy;
}

static bool holds(const char *sum, const struct gate_source *source)
{
	char *wanted = sum_of(source->sources);
	bool same = strcmp(sum, wanted) == 0;

	g_free(wanted);
	return same;
}

/* ---- opening ---- */

static int remove_all(const char *path)
{
	GStatBuf info;
	const char *name;
	GDir *dir;
	int ret = 0;

	if (g_lstat(path, &info) < 0)
		return 0;
	if (!S_ISDIR(info.st_mode))
		return g_unlink(path);
	dir = g_dir_open(path, 0, NULL);
	while (dir && ret == 0 && (name = g_dir_read_name(dir))) {
		char *entry = g_build_filename(path, name, NULL);

		ret = remove_all(entry);
		g_free(entry);
	}
	if (dir)
		g_dir_close(dir);
	return ret < 0 ? ret : g_rmdir(path);
}

/* What a run that was killed left: all but the trees and their notes. */
static bool is_leftover(const char *name)
{
	return g_str_has_prefix(name, "facts") ||
	       g_str_has_prefix(name, "sources") ||
	       (g_str_has_prefix(name, "note") && strchr(name, '.'));
}

static void remove_leftovers(const struct gate_tree *t)
{
	GDir *dir = g_dir_open(t->work, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = in_work(t, name);

		if (is_leftover(name))
			remove_all(path);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
}

static char *default_work(const struct gate_tree_options *o)
{
	char *key = g_strjoin("\n", o->git->repository, o->git->root,
			      o->kconfig ? o->kconfig : "",
			      o->cc ? o->cc : "", NULL);
	char *sum = sum_of(key), *name, *work;

	sum[16] = '\0';
	name = g_strconcat("gate-", sum, NULL);
	work = g_build_filename(g_get_user_cache_dir(), "xen-lockaudit", name,
				NULL);
	g_free(name);
	g_free(sum);
	g_free(key);
	return work;
}

static int check_work(const struct gate_tree *t)
{
	const struct git *git = t->options.git;
	const struct xentree top = {
		.root = git->top ? git->top : git->repository,
	};

	if (xentree_contains(&top, t->work))
		return diag_error("work directory '%s' is inside the checkout, "
				  "which is never changed; name another with "
				  "--work", t->work);
	if (g_mkdir_with_parents(t->work, 0777) < 0)
		return diag_error("cannot create '%s'; name another directory "
				  "with --work", t->work);
	return 0;
}

int gate_tree_open(struct gate_tree **out,
		   const struct gate_tree_options *options)
{
	const struct collect_options collect = {
		.kconfig = options->kconfig, .cc = options->cc, .jobs = 1,
	};
	struct gate_tree *t = g_new0(struct gate_tree, 1);

	*out = NULL;
	t->options = *options;
	t->lock_fd = -1;
	t->work = options->work ? g_canonicalize_filename(options->work, NULL)
				: default_work(options);
	t->key = collect_key(&collect);
	if (!t->key || check_work(t) < 0 ||
	    (t->lock_fd = lockfile_take(t->work)) < 0) {
		gate_tree_close(t);
		return -1;
	}
	remove_leftovers(t);
	*out = t;
	return 0;
}

void gate_tree_close(struct gate_tree *t)
{
	if (!t)
		return;
	if (t->lock_fd >= 0)
		close(t->lock_fd);
	g_free(t->work);
	g_free(t->key);
	g_free(t);
}

const char *gate_tree_key(const struct gate_tree *t)
{
	return t->key;
}

const char *gate_tree_work(const struct gate_tree *t)
{
	return t->work;
}

/* ---- making a tree ---- */

/* The revision's files, at one place for all revisions. */
static int export_all(const struct gate_tree *t, const char *commit,
		      const char *directory)
{
	char *archive = in_work(t, "sources.tar");
	int ret;

	if (remove_all(directory) < 0)
		ret = diag_error("cannot remove '%s'", directory);
	else if (g_mkdir_with_parents(directory, 0777) < 0)
		ret = diag_error("cannot create '%s'", directory);
	else
		ret = git_export(t->options.git, commit, NULL, directory,
				 archive);
	g_free(archive);
	return ret;
}

static int tell_fault(const struct collect_result *collected,
		      const char *commit)
{
	if (!collected->is_tree_at_fault)
		return EXIT_TROUBLE;
	if (collected->complaint)
		diag_error("%s", collected->complaint);
	diag_error("commit %.12s cannot be configured", commit);
	return EXIT_INCOMPLETE;
}

static int collect(const struct gate_tree *t, const char *commit,
		   unsigned tree, const char *from, struct note *note)
{
	char *work = in_tree(t, tree, "");
	const struct collect_options options = {
		.tree = from, .work = work, .kconfig = t->options.kconfig,
		.cc = t->options.cc, .jobs = t->options.jobs,
		.progress = t->options.progress,
	};
	struct collect_result collected;
	int status = EXIT_CLEAN;

	if (collect_run(&options, &collected) < 0) {
		status = tell_fault(&collected, commit);
	} else {
		set(&note->version, collected.tree.version);
		set(&note->config, collected.tree.config);
	}
	collect_result_release(&collected);
	g_free(work);
	return status;
}

static void note_now(struct note *note, const struct gate_source *source)
{
	set(&note->now, source->commit);
	g_free(note->now_sum);
	note->now_sum = sum_of(source->sources);
}

static void note_made(struct note *note, const struct gate_source *source)
{
	note_now(note, source);
	set(&note->made, source->commit);
	set(&note->made_sum, note->now_sum);
}

static int make_tree(const struct gate_tree *t,
		     const struct gate_source *source, unsigned tree,
		     struct note *note)
{
	char *from = in_work(t, "sources");
	int status = EXIT_TROUBLE;

	note_clear(note);
	note_remove(t, tree);
	set(&note->key, t->key);
	if (export_all(t, source->commit, from) == 0)
		status = collect(t, source->commit, tree, from, note);
	note_made(note, source);
	if (status == EXIT_CLEAN && note_write(t, tree, note) < 0)
		status = EXIT_TROUBLE;
	remove_all(from);
	g_free(from);
	return status;
}

/* ---- replacing files ---- */

/* The user's configuration is the tool's affair. */
static bool is_configuration(const char *path)
{
	return strcmp(path, "xen/.config") == 0;
}

static int remove_file(const struct gate_tree *t, unsigned tree,
		       const char *path)
{
	char *root = in_tree(t, tree, "tree");
	char *full = g_build_filename(root, path, NULL);
	int ret = 0;

	if (remove_all(full) < 0)
		ret = diag_error("cannot remove '%s'", full);
	g_free(full);
	g_free(root);
	return ret;
}

static int remove_files(const struct gate_tree *t, unsigned tree,
			const GPtrArray *changes)
{
	int ret = 0;

	for (guint i = 0; i < changes->len && ret == 0; i++) {
		const struct git_change *c = changes->pdata[i];

		if (is_configuration(c->path))
			continue;
		if (c->old_path)
			ret = remove_file(t, tree, c->old_path);
		else if (c->status == 'D' || c->status == 'T')
			ret = remove_file(t, tree, c->path);
	}
	return ret;
}

static int add_files(const struct gate_tree *t, unsigned tree,
		     const GPtrArray *changes, const char *commit)
{
	GPtrArray *paths = g_ptr_array_new();
	char *archive = in_work(t, "sources.tar");
	char *root = in_tree(t, tree, "tree");
	bool all = changes->len > PATHS_MAX;
	int ret = 0;

	for (guint i = 0; i < changes->len; i++) {
		const struct git_change *c = changes->pdata[i];

		if (c->status != 'D' && !is_configuration(c->path))
			g_ptr_array_add(paths, c->path);
	}
	g_ptr_array_add(paths, NULL);
	if (paths->len > 1)
		ret = git_export(t->options.git, commit, all ? NULL :
				 (const char *const *)paths->pdata, root,
				 archive);
	g_free(root);
	g_free(archive);
	g_ptr_array_free(paths, TRUE);
	return ret;
}

/* The sources of the revision in the place of those that are there. */
static int replace(const struct gate_tree *t, unsigned tree,
		   struct note *note, const GPtrArray *changes,
		   const struct gate_source *source)
{
	note_remove(t, tree);
	if (remove_files(t, tree, changes) < 0 ||
	    add_files(t, tree, changes, source->commit) < 0)
		return -1;
	note_now(note, source);
	return 0;
}

/* What differs between what is there and the revision; NULL: cannot tell. */
static GPtrArray *changes_to(const struct gate_tree *t, const char *from,
			     const struct gate_source *source)
{
	GPtrArray *changes;

	if (!git_has(t->options.git, from) ||
	    git_changes(t->options.git, from, source->commit, &changes) < 0)
		return NULL;
	return changes;
}

/* ---- commands ---- */

static void set_prepared(const struct gate_tree *t, unsigned tree,
			 const struct note *note, const char *commands,
			 struct gate_prepared *out)
{
	out->compile_commands = in_tree(t, tree, commands);
	out->source_root = in_tree(t, tree, "tree/xen");
	out->version = g_strdup(note->version);
	out->config = g_strdup(note->config);
}

void gate_prepared_release(struct gate_prepared *prepared)
{
	g_free(prepared->compile_commands);
	g_free(prepared->source_root);
	g_free(prepared->version);
	g_free(prepared->config);
	memset(prepared, 0, sizeof(*prepared));
}

static GPtrArray *read_commands(const struct gate_tree *t, unsigned tree)
{
	char *path = in_tree(t, tree, "compile_commands.json");
	GPtrArray *commands;

	if (compdb_read(&commands, path) < 0)
		commands = NULL;
	g_free(path);
	return commands;
}

static char *source_file(const struct gate_tree *t, unsigned tree,
			 const char *path)
{
	char *root = in_tree(t, tree, "tree");
	char *full = g_build_filename(root, path, NULL);

	g_free(root);
	return full;
}

static bool is_compiled(const GPtrArray *commands, const char *file)
{
	for (guint i = 0; i < commands->len; i++) {
		const struct compile_command *command = commands->pdata[i];

		if (strcmp(command->file, file) == 0)
			return true;
	}
	return false;
}

/* Another architecture's files are not read; the register of justified
 * findings is read, but no part of the build. */
static bool is_foreign(const char *path)
{
	return g_str_has_prefix(path, "docs/") ||
	       (g_str_has_prefix(path, "xen/arch/") &&
	       !g_str_has_prefix(path, "xen/arch/x86/") &&
	       strchr(path + strlen("xen/arch/"), '/'));
}

/* Can the change have an effect on nothing but the compilation of its file? */
static bool is_plain(const struct gate_tree *t, unsigned tree,
		     const GPtrArray *commands, const struct git_change *c)
{
	char *file;
	bool plain;

	if (is_foreign(c->path) && (!c->old_path || is_foreign(c->old_path)))
		return true;
	if (c->status != 'M')
		return false;
	file = source_file(t, tree, c->path);
	plain = is_compiled(commands, file);
	g_free(file);
	return plain;
}

static bool are_plain(const struct gate_tree *t, unsigned tree,
		      const GPtrArray *changes)
{
	GPtrArray *commands = read_commands(t, tree);
	bool plain = commands && changes->len <= PATHS_MAX;

	for (guint i = 0; plain && i < changes->len; i++)
		plain = is_plain(t, tree, commands, changes->pdata[i]);
	if (commands)
		g_ptr_array_free(commands, TRUE);
	return plain;
}

/* ---- by its own makefiles ---- */

/* 1: the tree holds the revision now; 0: it cannot; -1: trouble. */
static int adapt(const struct gate_tree *t, unsigned tree,
		 const struct gate_source *source, struct note *note)
{
	GPtrArray *changes;
	int ret = 0;

	if (holds(note->made_sum, source) && holds(note->now_sum, source))
		return 1;
	if (strcmp(note->made_sum, note->now_sum) != 0)
		return 0;
	changes = changes_to(t, note->now, source);
	if (changes && are_plain(t, tree, changes)) {
		ret = replace(t, tree, note, changes, source);
		note_made(note, source);
		if (ret == 0)
			ret = note_write(t, tree, note);
		ret = ret < 0 ? -1 : 1;
	}
	if (changes)
		g_ptr_array_free(changes, TRUE);
	return ret;
}

/* Does one of the trees serve?  1, and which; 0; or -1. */
static int adapt_any(const struct gate_tree *t, unsigned *tree,
		     const struct gate_source *source, struct note *note)
{
	int ret = 0;

	for (unsigned i = 0; i < TREES && ret == 0; i++) {
		unsigned at = (*tree + i) % TREES;

		note_clear(note);
		if (note_read(t, at, note))
			ret = adapt(t, at, source, note);
		if (ret > 0)
			*tree = at;
	}
	return ret;
}

int gate_tree_build(struct gate_tree *t, const struct gate_source *source,
		    unsigned preferred, struct gate_prepared *out)
{
	struct note note = { .key = NULL };
	unsigned tree = preferred;
	int found = adapt_any(t, &tree, source, &note);
	int status = found < 0 ? EXIT_TROUBLE : EXIT_CLEAN;

	memset(out, 0, sizeof(*out));
	if (found == 0)
		status = make_tree(t, source, tree, &note);
	if (status == EXIT_CLEAN)
		set_prepared(t, tree, &note, "compile_commands.json", out);
	note_clear(&note);
	return status;
}

/* ---- by the base's configuration ---- */

/* Is there a tree that was configured for it, whatever is in it now? */
static bool find_made(const struct gate_tree *t,
		      const struct gate_source *base, unsigned *tree,
		      struct note *note)
{
	for (*tree = 0; *tree < TREES; ++*tree) {
		note_clear(note);
		if (note_read(t, *tree, note) && holds(note->made_sum, base))
			return true;
	}
	return false;
}

static int find_or_make(struct gate_tree *t, const struct gate_source *base,
			unsigned *tree, struct note *note)
{
	struct gate_prepared prepared;
	int status;

	if (find_made(t, base, tree, note))
		return EXIT_CLEAN;
	status = gate_tree_build(t, base, 0, &prepared);
	gate_prepared_release(&prepared);
	if (status == EXIT_CLEAN && !find_made(t, base, tree, note))
		status = EXIT_TROUBLE;
	return status;
}

static bool is_beside(const struct compile_command *command, const char *file)
{
	char *a = g_path_get_dirname(command->file);
	char *b = g_path_get_dirname(file);
	bool beside = strcmp(a, b) == 0 && compile_command_is_c(command);

	g_free(a);
	g_free(b);
	return beside;
}

/* Approximation: a new file is compiled as its neighbours are, if it has any
 * that are; whether its makefile has it compiled at all is not known. */
static void add_command(GPtrArray *commands, const char *file)
{
	for (guint i = 0; i < commands->len; i++) {
		const struct compile_command *command = commands->pdata[i];

		if (is_beside(command, file)) {
			compdb_add_alike(commands, command, file);
			return;
		}
	}
	diag_warning("'%s' is new, and no file beside it is compiled: it is "
		     "not read", file);
}

static void move_commands(GPtrArray *commands, const char *from,
			  const char *to)
{
	bool found = false;

	for (guint i = commands->len; i > 0; i--) {
		const struct compile_command *command = commands->pdata[i - 1];

		if (strcmp(command->file, from) != 0)
			continue;
		compdb_add_alike(commands, command, to);
		g_ptr_array_remove_index(commands, i - 1);
		found = true;
	}
	if (!found)
		add_command(commands, to);
}

static void drop_commands(GPtrArray *commands, const char *file)
{
	for (guint i = commands->len; i > 0; i--) {
		const struct compile_command *command = commands->pdata[i - 1];

		if (strcmp(command->file, file) == 0)
			g_ptr_array_remove_index(commands, i - 1);
	}
}

static bool is_c(const char *path)
{
	return g_str_has_suffix(path, ".c") && !is_foreign(path);
}

static void change_commands(const struct gate_tree *t, unsigned tree,
			    GPtrArray *commands, const struct git_change *c)
{
	char *file = source_file(t, tree, c->path);
	char *old = c->old_path ? source_file(t, tree, c->old_path) : NULL;

	if (old && is_c(c->old_path) && is_c(c->path))
		move_commands(commands, old, file);
	else if (old && is_c(c->old_path))
		drop_commands(commands, old);
	else if (c->status == 'D')
		drop_commands(commands, file);
	else if ((c->status == 'A' || old) && is_c(c->path))
		add_command(commands, file);
	g_free(old);
	g_free(file);
}

static bool is_makefile(const char *path)
{
	char *name = g_path_get_basename(path);
	bool is = g_str_has_prefix(name, "Kconfig") ||
		  g_str_has_prefix(name, "Makefile") ||
		  g_str_has_suffix(name, ".mk");

	g_free(name);
	return is;
}

/* The commands of the configured revision, made to fit the other one. */
static int write_commands(const struct gate_tree *t, unsigned tree,
			  const GPtrArray *changes)
{
	GPtrArray *commands = read_commands(t, tree);
	char *path = in_tree(t, tree, "overlay_commands.json");
	unsigned unseen = 0;
	int ret = -1;

	for (guint i = 0; commands && i < changes->len; i++) {
		const struct git_change *c = changes->pdata[i];

		change_commands(t, tree, commands, c);
		unseen += is_makefile(c->path);
	}
	if (unseen)
		diag_warning("%u changed files of the build have no effect, "
			     "as nothing is built", unseen);
	if (commands) {
		ret = compdb_write(commands, path);
		g_ptr_array_free(commands, TRUE);
	}
	g_free(path);
	return ret;
}

static int overlay(const struct gate_tree *t, unsigned tree,
		   struct note *note, const struct gate_source *source)
{
	GPtrArray *changes = changes_to(t, note->now, source);
	GPtrArray *all = changes_to(t, note->made, source);
	int ret = -1;

	if (changes && all && replace(t, tree, note, changes, source) == 0 &&
	    write_commands(t, tree, all) == 0)
		ret = note_write(t, tree, note);
	if (changes)
		g_ptr_array_free(changes, TRUE);
	if (all)
		g_ptr_array_free(all, TRUE);
	return ret;
}

int gate_tree_overlay(struct gate_tree *t, const struct gate_source *base,
		      const struct gate_source *source,
		      struct gate_prepared *out)
{
	struct note note = { .key = NULL };
	unsigned tree;
	int status;

	memset(out, 0, sizeof(*out));
	status = find_or_make(t, base, &tree, &note);
	if (status == EXIT_CLEAN && overlay(t, tree, &note, source) < 0)
		status = EXIT_TROUBLE;
	if (status == EXIT_CLEAN)
		set_prepared(t, tree, &note, "overlay_commands.json", out);
	note_clear(&note);
	return status;
}
