// SPDX-License-Identifier: GPL-2.0-or-later
/* Directories and small files of the work directory. */
#include "collect_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"

int dir_make(const char *path)
{
	if (g_mkdir_with_parents(path, 0755) < 0)
		return diag_error("cannot create directory '%s': %s", path,
				  g_strerror(errno));
	return 0;
}

static int remove_entries(const char *path)
{
	GError *error = NULL;
	GDir *dir = g_dir_open(path, 0, &error);
	const char *name;
	int ret = 0;

	if (!dir) {
		diag_error("cannot remove '%s': %s", path, error->message);
		g_error_free(error);
		return -1;
	}
	while (ret == 0 && (name = g_dir_read_name(dir))) {
		char *entry = g_build_filename(path, name, NULL);

		ret = dir_remove(entry);
		g_free(entry);
	}
	g_dir_close(dir);
	return ret;
}

int dir_remove(const char *path)
{
	struct stat st;
	int ret;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 :
		       diag_error("cannot remove '%s': %s", path,
				  g_strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		if (remove_entries(path) < 0)
			return -1;
		ret = rmdir(path);
	} else {
		ret = unlink(path);
	}
	if (ret < 0 && errno != ENOENT)
		return diag_error("cannot remove '%s': %s", path,
				  g_strerror(errno));
	return 0;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, text, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		text += done;
		len -= (size_t)done;
	}
	return 0;
}

int dir_write(const char *path, const char *text, int mode)
{
	char *temp = g_strconcat(path, ".new", NULL);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      (mode_t)mode);
	int ret = fd < 0 ? -1 : write_all(fd, text, strlen(text));

	if (fd >= 0 && close(fd) < 0)
		ret = -1;
	if (ret == 0)
		ret = rename(temp, path);
	if (ret < 0) {
		diag_error("cannot write '%s': %s", path, g_strerror(errno));
		unlink(temp);
	}
	g_free(temp);
	return ret;
}
