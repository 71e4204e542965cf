/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	pid_t pid;
	int from;
};

void child_reset_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
}

void child_write(int fd, const void *bytes, size_t size)
{
	const guint8 *at = bytes;

	while (size > 0) {
		ssize_t nr = write(fd, at, size);

		if (nr < 0 && errno == EINTR)
			continue;
		if (nr <= 0)
			_exit(1);
		at += nr;
		size -= (size_t)nr;
	}
}

/* Ends when it is done, or when nobody is there any more to read. */
static void do_work(child_work_fn *work, void *context, int to)
{
	GByteArray *out = g_byte_array_new();

	child_reset_signals();
	work(context, out);
	child_write(to, out->data, out->len);
	_exit(0);
}

struct child *child_start(child_work_fn *work, void *context)
{
	struct child *c;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return NULL;
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return NULL;
	}
	if (pid == 0) {
		close(ends[0]);
		do_work(work, context, ends[1]);
	}
	close(ends[1]);
	c = g_new0(struct child, 1);
	*c = (struct child){ .pid = pid, .from = ends[0] };
	return c;
}

/* False: it cannot be read. */
static bool read_all(int fd, GByteArray *out)
{
	guint8 buffer[65536];

	for (;;) {
		ssize_t nr = read(fd, buffer, sizeof(buffer));

		if (nr < 0 && errno == EINTR)
			continue;
		if (nr <= 0)
			return nr == 0;
		g_byte_array_append(out, buffer, (guint)nr);
	}
}

/* Did it end as it should? */
static bool wait_for(pid_t pid)
{
	int status;
	pid_t ended;

	do
		ended = waitpid(pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

unsigned child_await(struct child *const *c, unsigned nr)
{
	struct pollfd *fd = g_new0(struct pollfd, nr);
	unsigned found = nr;

	for (unsigned i = nr; i > 0; i--) {
		fd[i - 1] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (c[i - 1]) {
			fd[i - 1].fd = c[i - 1]->from;
			found = i - 1;
		}
	}
	while (found < nr && poll(fd, nr, -1) < 0 && errno == EINTR)
		;
	/* Should poll() fail, the first one is as good as any. */
	for (unsigned i = nr; i > 0; i--)
		if (fd[i - 1].revents)
			found = i - 1;
	g_free(fd);
	return found;
}

GByteArray *child_finish(struct child *c)
{
	GByteArray *out = g_byte_array_new();
	bool done = read_all(c->from, out);

	close(c->from);
	done = wait_for(c->pid) && done;
	g_free(c);
	if (!done)
		g_clear_pointer(&out, g_byte_array_unref);
	return out;
}
