// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Collects the compile commands of a Xen tree.  Works on a copy: lists and
 * sums up what of the tree matters, and if the work directory was not made
 * from just that, copies it, configures it, and runs its make with stand-ins
 * for compiler and linker (collect_wrapper.c), which does all that the
 * parsing of the sources needs and little else.
 *
 * The stamp is removed first and written last: a run that was killed leaves a
 * directory that the next run takes for unfinished and makes anew.
 */
#include "collect_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "lockfile.h"

/* To change whenever the same input would give another output. */
#define COLLECT_FORMAT "2"

/* The file that marks a directory as one that may be emptied. */
static const char marker[] = ".xen-lockaudit-work";

static char *in_work(const struct collect *c, const char *name)
{
	return g_build_filename(c->work, name, NULL);
}

/* Other options want another directory, so that none undoes the other. */
static char *default_work(const struct collect *c)
{
	const struct collect_options *o = c->options;
	char *key = g_strjoin("\n", c->tree.root, o->kconfig ? o->kconfig : "",
			      o->cc ? o->cc : "", NULL);
	char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
	char *work;

	sum[16] = '\0';
	work = g_build_filename(g_get_user_cache_dir(), "xen-lockaudit", sum,
				NULL);
	g_free(sum);
	g_free(key);
	return work;
}

static bool is_empty_or_absent(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	bool empty = !dir || !g_dir_read_name(dir);

	if (dir)
		g_dir_close(dir);
	return empty;
}

/* Make splits at spaces and colons and expands dollars. */
static bool is_fit_for_make(const char *path)
{
	for (const char *p = path; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("/._-+,@", *p))
			return false;
	return true;
}

static int check_work(const struct collect *c)
{
	char *mark = in_work(c, marker);
	int ret = 0;

	if (xentree_contains(&c->tree, c->work))
		ret = diag_error("work directory '%s' is inside the tree, "
				 "which is never changed; name another with "
				 "--work", c->work);
	else if (!is_fit_for_make(c->work))
		ret = diag_error("work directory '%s' has a character that "
				 "make cannot take; name another with --work",
				 c->work);
	else if (!g_file_test(mark, G_FILE_TEST_EXISTS) &&
		 !is_empty_or_absent(c->work))
		ret = diag_error("'%s' holds something else; name an empty "
				 "directory with --work", c->work);
	else if (dir_make(c->work) < 0 ||
		 dir_write(mark, "Made by xen-lockaudit collect; may be "
			   "removed.\n", 0644) < 0)
		ret = -1;
	g_free(mark);
	return ret;
}

static int set_paths(struct collect *c)
{
	char *cwd = g_get_current_dir();

	c->work = c->options->work ?
		  g_canonicalize_filename(c->options->work, cwd) :
		  default_work(c);
	g_free(cwd);
	c->source = in_work(c, "tree/xen");
	c->records = in_work(c, "records");
	c->log = in_work(c, "collect.log");
	return check_work(c);
}

static void sum_text(GChecksum *sum, const char *text)
{
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

/* What is the same for all trees and work directories. */
static void sum_options(const struct collect *c, GChecksum *sum)
{
	sum_text(sum, COLLECT_FORMAT);
	sum_text(sum, c->fragment ? c->fragment : "");
	for (char **word = c->cc; *word; word++)
		sum_text(sum, *word);
	sum_text(sum, c->cc_version);
}

/* A sum of all that the outcome depends on. */
static char *input_sum(struct collect *c)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *text = NULL;

	sum_text(sum, c->work);
	sum_options(c, sum);
	if (source_sum(c, sum) == 0)
		text = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return text;
}

/* The number of entries is told by the stamp, and their sum guarded. */
static char *stamp_text(const char *input, const char *commands,
			unsigned commands_nr)
{
	char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, commands,
						  -1);
	char *text = g_strdup_printf("%s\n%s\n%u\n", input, sum, commands_nr);

	g_free(sum);
	return text;
}

static bool is_done(const struct collect *c, const char *input,
		    struct collect_result *out)
{
	char *path = in_work(c, "stamp"), *stamp = NULL, *commands = NULL;
	char *wanted = NULL, *number;
	bool done = false;

	if (g_file_get_contents(path, &stamp, NULL, NULL) &&
	    g_file_get_contents(out->compile_commands, &commands, NULL,
				NULL)) {
		number = strrchr(g_strchomp(stamp), '\n');
		if (number)
			out->commands_nr = (unsigned)strtoul(number, NULL, 10);
		wanted = stamp_text(input, commands, out->commands_nr);
		done = strcmp(g_strchomp(wanted), stamp) == 0;
	}
	g_free(wanted);
	g_free(commands);
	g_free(stamp);
	g_free(path);
	return done;
}

static int write_stamp(const struct collect *c, const char *input,
		       const struct collect_result *out)
{
	char *path = in_work(c, "stamp"), *commands = NULL, *text;
	int ret;

	if (!g_file_get_contents(out->compile_commands, &commands, NULL, NULL)) {
		g_free(path);
		return diag_error("cannot read back '%s'",
				  out->compile_commands);
	}
	text = stamp_text(input, commands, out->commands_nr);
	ret = dir_write(path, text, 0644);
	g_free(text);
	g_free(commands);
	g_free(path);
	return ret;
}

static int remove_old(struct collect *c)
{
	static const char *const names[] = { "stamp", "compile_commands.json",
					     "tree", "records", "tools" };
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < G_N_ELEMENTS(names); i++) {
		char *path = in_work(c, names[i]);

		ret = dir_remove(path);
		g_free(path);
	}
	if (ret < 0)
		return -1;
	c->log_fd = open(c->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND |
			 O_CLOEXEC, 0644);
	if (c->log_fd < 0)
		return diag_error("cannot write '%s': %s", c->log,
				  g_strerror(errno));
	return dir_make(c->records);
}

static unsigned count_c(const GPtrArray *records)
{
	unsigned nr = 0;

	for (guint i = 0; i < records->len; i++) {
		const struct record *r = records->pdata[i];

		nr += g_str_has_suffix(r->file, ".c");
	}
	return nr;
}

static int write_commands(const struct collect *c, struct collect_result *out)
{
	GPtrArray *records = NULL;
	int ret = records_read(&records, c);

	if (ret == 0)
		ret = json_write(c, records, out->compile_commands);
	out->commands_nr = count_c(records);
	g_ptr_array_unref(records);
	return ret;
}

static int build(struct collect *c, const char *input,
		 struct collect_result *out)
{
	if (remove_old(c) < 0 || source_copy(c) < 0 || patch_copy(c) < 0)
		return -1;
	if (wrapper_write(c) < 0)
		return -1;
	if (c->was_built && make_run(c, "distclean") < 0)
		return -1;
	if (kconfig_apply(c) < 0 || make_run(c, "build") < 0)
		return -1;
	if (write_commands(c, out) < 0)
		return -1;
	return write_stamp(c, input, out);
}

static int collect_locked(struct collect *c, struct collect_result *out)
{
	char *input;
	int ret = 0;

	if (source_list(c) < 0)
		return -1;
	input = input_sum(c);
	if (!input)
		return -1;
	if (is_done(c, input, out))
		diag_verbose("nothing changed since '%s' was made",
			     out->compile_commands);
	else
		ret = build(c, input, out);
	g_free(input);
	return ret == 0 ? identity_write(&out->tree, c->work) : ret;
}

static void set_result(struct collect_result *out, const struct collect *c)
{
	out->compile_commands = in_work(c, "compile_commands.json");
	out->source_root = g_strdup(c->source);
	out->tree = (struct identity){
		.version = g_strdup(c->tree.version),
		.commit = g_strdup(c->tree.commit),
		.config = g_strdup(c->config_name),
	};
}

static void collect_release(struct collect *c)
{
	xentree_release(&c->tree);
	g_free(c->work);
	g_free(c->source);
	g_free(c->records);
	g_free(c->log);
	g_strfreev(c->cc);
	g_free(c->cc_version);
	g_free(c->hostcc);
	g_free(c->python);
	g_free(c->config_name);
	g_free(c->fragment);
	g_free(c->complaint);
	if (c->files)
		g_ptr_array_unref(c->files);
	if (c->log_fd >= 0)
		close(c->log_fd);
	if (c->lock_fd >= 0)
		close(c->lock_fd);
}

int collect_run(const struct collect_options *options,
		struct collect_result *out)
{
	struct collect c = { .options = options, .log_fd = -1, .lock_fd = -1 };
	int ret = -1;

	memset(out, 0, sizeof(*out));
	if (xentree_open(&c.tree, options->tree) == 0 &&
	    kconfig_read(&c) == 0 && tools_find(&c) == 0 &&
	    set_paths(&c) == 0 &&
	    (c.lock_fd = lockfile_take(c.work)) >= 0) {
		set_result(out, &c);
		ret = collect_locked(&c, out);
		out->is_tree_at_fault = c.make_failed;
		out->complaint = g_steal_pointer(&c.complaint);
	}
	collect_release(&c);
	return ret;
}

char *collect_key(const struct collect_options *options)
{
	struct collect c = { .options = options, .log_fd = -1, .lock_fd = -1 };
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *key = NULL;

	if (kconfig_read(&c) == 0 && tools_find_cc(&c) == 0) {
		sum_options(&c, sum);
		sum_text(sum, c.config_name);
		key = g_strdup(g_checksum_get_string(sum));
	}
	g_checksum_free(sum);
	collect_release(&c);
	return key;
}

void collect_result_release(struct collect_result *result)
{
	g_free(result->compile_commands);
	g_free(result->source_root);
	identity_release(&result->tree);
	g_free(result->complaint);
	memset(result, 0, sizeof(*result));
}
