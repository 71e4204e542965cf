// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What of a Xen tree the hypervisor's build reads, and its copy.  Products of
 * a build in the tree itself are left out, as make would take them for done
 * and no compilation would be seen; the user's own configuration is too.
 */
#include "collect_int.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "saf.h"

static const char *const parts[] = {
	"Config.mk", ".config", "config", "xen",
	SAF_SAFE, SAF_FALSE,
};

static void source_file_free(void *p)
{
	struct source_file *file = p;

	g_free(file->path);
	g_free(file->target);
	g_free(file);
}

/* What "make clean" removes; the rest is left to distclean in the copy. */
static bool is_product(const char *name)
{
	static const char *const anywhere[] = { ".o", ".gcno" };
	static const char *const hidden[] = { ".d", ".d2", ".cmd", ".tmp" };

	for (size_t i = 0; i < G_N_ELEMENTS(anywhere); i++)
		if (g_str_has_suffix(name, anywhere[i]))
			return true;
	for (size_t i = 0; name[0] == '.' && i < G_N_ELEMENTS(hidden); i++)
		if (g_str_has_suffix(name, hidden[i]))
			return true;
	return strcmp(name, "lib.a") == 0;
}

static bool is_configured(const char *path)
{
	return strcmp(path, "xen/.config") == 0 ||
	       strcmp(path, "xen/.config.old") == 0;
}

static int list_entry(struct collect *c, const char *path);

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list_dir(struct collect *c, const char *path, const char *full)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	GDir *dir = g_dir_open(full, 0, &error);
	const char *name;
	int ret = 0;

	if (!dir) {
		ret = diag_error("cannot read the tree: %s", error->message);
		g_error_free(error);
	} else {
		while ((name = g_dir_read_name(dir)))
			g_ptr_array_add(names,
					g_build_filename(path, name, NULL));
		g_dir_close(dir);
	}
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; ret == 0 && i < names->len; i++)
		ret = list_entry(c, names->pdata[i]);
	g_ptr_array_unref(names);
	return ret;
}

/* A link into the tree by absolute path is to lead into the copy. */
static char *link_target(const struct collect *c, const char *full)
{
	char *target = g_file_read_link(full, NULL);
	char *rest = NULL;

	if (target && g_str_has_prefix(target, c->tree.root) &&
	    target[strlen(c->tree.root)] == '/')
		rest = g_build_filename(c->work, "tree",
					target + strlen(c->tree.root), NULL);
	if (!rest)
		return target;
	g_free(target);
	return rest;
}

static void list_file(struct collect *c, const char *path, const char *full,
		      const struct stat *st)
{
	struct source_file *file = g_new0(struct source_file, 1);

	file->path = g_strdup(path);
	if (S_ISLNK(st->st_mode))
		file->target = link_target(c, full);
	file->is_executable = (st->st_mode & S_IXUSR) != 0;
	g_ptr_array_add(c->files, file);
}

static int list_entry(struct collect *c, const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char *full = g_build_filename(c->tree.root, path, NULL);
	struct stat st;
	int ret = 0;

	if (is_product(name) || is_configured(path))
		c->was_built = true;
	else if (lstat(full, &st) < 0)
		ret = diag_error("cannot read '%s': %s", full,
				 g_strerror(errno));
	else if (S_ISDIR(st.st_mode))
		ret = strcmp(name, ".git") == 0 ? 0 : list_dir(c, path, full);
	else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		list_file(c, path, full, &st);
	g_free(full);
	return ret;
}

int source_list(struct collect *c)
{
	int ret = 0;

	c->files = g_ptr_array_new_with_free_func(source_file_free);
	for (size_t i = 0; ret == 0 && i < G_N_ELEMENTS(parts); i++) {
		char *full = g_build_filename(c->tree.root, parts[i], NULL);

		if (g_file_test(full, G_FILE_TEST_EXISTS))
			ret = list_entry(c, parts[i]);
		g_free(full);
	}
	return ret;
}

static ssize_t read_some(int fd, void *buffer, size_t size)
{
	ssize_t got;

	do
		got = read(fd, buffer, size);
	while (got < 0 && errno == EINTR);
	return got;
}

static int sum_content(GChecksum *sum, const char *full)
{
	guchar buffer[65536];
	int fd = open(full, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0)
		while ((got = read_some(fd, buffer, sizeof(buffer))) > 0)
			g_checksum_update(sum, buffer, got);
	if (got < 0)
		diag_error("cannot read '%s': %s", full, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return got < 0 ? -1 : 0;
}

int source_sum(struct collect *c, GChecksum *sum)
{
	int ret = 0;

	for (guint i = 0; ret == 0 && i < c->files->len; i++) {
		const struct source_file *file = c->files->pdata[i];
		char *full = g_build_filename(c->tree.root, file->path, NULL);
		char *head = g_strdup_printf("\n%s\n%s\n%d\n", file->path,
					     file->target ? file->target : "",
					     file->is_executable);

		g_checksum_update(sum, (const guchar *)head, -1);
		if (!file->target)
			ret = sum_content(sum, full);
		g_free(head);
		g_free(full);
	}
	return ret;
}

/* -1 with errno set. */
static int copy_bytes(int from, int to)
{
	char buffer[65536];
	ssize_t got;

	while ((got = read_some(from, buffer, sizeof(buffer))) > 0)
		for (ssize_t at = 0; at < got;) {
			ssize_t put = write(to, buffer + at,
					    (size_t)(got - at));

			if (put < 0 && errno != EINTR)
				return -1;
			at += put < 0 ? 0 : put;
		}
	return got < 0 ? -1 : 0;
}

static int copy_content(const char *from, const char *to, int mode)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL |
				     O_CLOEXEC, (mode_t)mode);
	int ret = out < 0 ? -1 : copy_bytes(in, out);

	if (out >= 0 && close(out) < 0)
		ret = -1;
	if (ret < 0)
		diag_error("cannot copy '%s' to '%s': %s", from, to,
			   g_strerror(errno));
	if (in >= 0)
		close(in);
	return ret;
}

static int copy_file(const struct collect *c, const struct source_file *file)
{
	char *from = g_build_filename(c->tree.root, file->path, NULL);
	char *to = g_build_filename(c->work, "tree", file->path, NULL);
	char *dir = g_path_get_dirname(to);
	int ret = dir_make(dir);

	if (ret == 0 && !file->target)
		ret = copy_content(from, to,
				   file->is_executable ? 0755 : 0644);
	else if (ret == 0 && symlink(file->target, to) < 0)
		ret = diag_error("cannot create link '%s': %s", to,
				 g_strerror(errno));
	g_free(dir);
	g_free(to);
	g_free(from);
	return ret;
}

int source_copy(const struct collect *c)
{
	for (guint i = 0; i < c->files->len; i++)
		if (copy_file(c, c->files->pdata[i]) < 0)
			return -1;
	return 0;
}
