/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of fcntl: they end with the process, however it ends. */
#include "lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib.h>

#include "diag.h"

static int wait_for(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int ret;

	do
		ret = fcntl(fd, F_SETLKW, &lock);
	while (ret < 0 && errno == EINTR);
	return ret;
}

int lockfile_take(const char *directory)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *path = g_build_filename(directory, "lock", NULL);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	g_free(path);
	if (fd < 0)
		return diag_error("cannot lock '%s': %s", directory,
				  g_strerror(errno));
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	diag_note("waiting for another run in '%s'", directory);
	if (wait_for(fd) == 0)
		return fd;
	diag_error("cannot lock '%s': %s", directory, g_strerror(errno));
	close(fd);
	return -1;
}
