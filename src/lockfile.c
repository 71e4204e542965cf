/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of flock(2): they end with the last process that has the descriptor.
 * So what a run that was killed has started, and which still works in the
 * directory, keeps the next one out until it ends.
 */
#include "lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib.h>

#include "diag.h"

static int lock(int fd, int operation)
{
	int ret;

	do
		ret = flock(fd, operation);
	while (ret < 0 && errno == EINTR);
	return ret;
}

int lockfile_take(const char *directory)
{
	char *path = g_build_filename(directory, "lock", NULL);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	g_free(path);
	if (fd < 0)
		return diag_error("cannot lock '%s': %s", directory,
				  g_strerror(errno));
	if (lock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	diag_note("waiting for another run in '%s'", directory);
	if (lock(fd, LOCK_EX) == 0)
		return fd;
	diag_error("cannot lock '%s': %s", directory, g_strerror(errno));
	close(fd);
	return -1;
}
