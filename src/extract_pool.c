/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process for each translation unit: one that crashes or hangs costs that
 * unit only.  The child sends the bytes of its facts through a pipe; what does
 * not arrive whole is a failure.
 */
#include "extract_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "compdb.h"
#include "diag.h"
#include "facts_io.h"
#include "progress.h"

enum { TIMEOUT = 120 };		/* seconds */

struct worker {
	pid_t pid;		/* 0: free */
	int fd;
	gint64 deadline;
	const struct compile_command *command;
	GByteArray *bytes;
};

struct pool {
	const struct pool_options *options;
	GPtrArray *queue;	/* commands, the largest file first */
	guint next, done;
	struct worker *workers;
	struct pollfd *fds;
	pool_result *result;
	void *data;
	struct progress *progress;	/* or NULL */
};

/* The one thing that a signal handler may set. */
static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	interrupted = signal;
}

/* ---- child ---- */

static void write_all(int fd, const guint8 *bytes, size_t size)
{
	while (size > 0) {
		ssize_t nr = write(fd, bytes, size);

		if (nr < 0 && errno == EINTR)
			continue;
		if (nr <= 0)
			_exit(1);
		bytes += nr;
		size -= (size_t)nr;
	}
}

static void child(const struct pool *pool,
		  const struct compile_command *command, int fd)
{
	GByteArray *bytes = g_byte_array_new();

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	cache_make(pool->options->cache, command,
		   pool->options->source_root, bytes);
	write_all(fd, bytes->data, bytes->len);
	_exit(0);
}

/* ---- parent ---- */

static int start(struct pool *pool, struct worker *worker)
{
	unsigned timeout = pool->options->timeout ? pool->options->timeout
						  : TIMEOUT;
	int ends[2];

	worker->command = pool->queue->pdata[pool->next++];
	if (pipe(ends) < 0)
		return diag_error("cannot make a pipe: %s", strerror(errno));
	fflush(NULL);
	worker->pid = fork();
	if (worker->pid < 0) {
		worker->pid = 0;
		close(ends[0]);
		close(ends[1]);
		return diag_error("cannot start a process: %s",
				  strerror(errno));
	}
	if (worker->pid == 0) {
		close(ends[0]);
		child(pool, worker->command, ends[1]);
	}
	close(ends[1]);
	worker->fd = ends[0];
	worker->bytes = g_byte_array_new();
	worker->deadline = g_get_monotonic_time() +
			   (gint64)timeout * G_USEC_PER_SEC;
	return 0;
}

static struct facts *failed_facts(const struct pool *pool,
				  const struct compile_command *command,
				  enum tu_status status, const char *message)
{
	const char *root = pool->options->source_root;
	char *file = relative_path(command->file, command->directory, root);
	char *object = object_path(command->output, command->file,
				   command->directory, root);
	struct facts *facts = facts_new();
	struct fact_tu row = { facts_text(facts, file),
			       facts_text(facts, object), status,
			       facts_text(facts, message) };

	g_array_append_val(facts->tu, row);
	g_free(object);
	g_free(file);
	return facts;
}

static void deliver(struct pool *pool, struct facts *facts)
{
	const struct fact_tu *tu = NULL;

	pool->done++;
	if (facts->tu->len > 0)
		tu = &g_array_index(facts->tu, struct fact_tu,
				    facts->tu->len - 1);
	/* The result of a file that failed comes with a warning. */
	if (tu && tu->status != TU_OK)
		progress_hide(pool->progress);
	else
		progress_step(pool->progress, pool->done,
			      tu ? tu->file : NULL);
	pool->result(facts, pool->data);
}

/* Waits for the child and gives its result away. */
static void finish(struct pool *pool, struct worker *worker, bool timed_out)
{
	struct facts *facts = NULL;
	int status = 0;

	close(worker->fd);
	if (timed_out)
		kill(worker->pid, SIGKILL);
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (timed_out)
		facts = failed_facts(pool, worker->command, TU_TIMEOUT,
				     "took too long");
	else if (facts_decode(&facts, worker->bytes->data,
			      worker->bytes->len) < 0)
		facts = failed_facts(pool, worker->command, TU_CRASHED,
				     "the parser crashed");
	g_byte_array_free(worker->bytes, TRUE);
	worker->bytes = NULL;
	worker->pid = 0;
	deliver(pool, facts);
}

static void receive(struct pool *pool, struct worker *worker)
{
	guint8 buffer[65536];
	ssize_t nr = read(worker->fd, buffer, sizeof(buffer));

	if (nr > 0)
		g_byte_array_append(worker->bytes, buffer, (guint)nr);
	else if (nr == 0 || errno != EINTR)
		finish(pool, worker, false);
}

static int wait_time(const struct pool *pool)
{
	gint64 now = g_get_monotonic_time(), first = now + 1000000;

	for (unsigned i = 0; i < pool->options->jobs; i++) {
		if (pool->workers[i].pid)
			first = MIN(first, pool->workers[i].deadline);
	}
	return first <= now ? 0 : (int)((first - now) / 1000 + 1);
}

static void serve(struct pool *pool)
{
	unsigned nr = pool->options->jobs;

	for (unsigned i = 0; i < nr; i++) {
		const struct worker *worker = &pool->workers[i];

		pool->fds[i] = (struct pollfd){ worker->pid ? worker->fd : -1,
						POLLIN, 0 };
	}
	if (poll(pool->fds, nr, wait_time(pool)) < 0)
		return;
	for (unsigned i = 0; i < nr; i++) {
		struct worker *worker = &pool->workers[i];

		if (!worker->pid)
			continue;
		if (pool->fds[i].revents)
			receive(pool, worker);
		else if (g_get_monotonic_time() >= worker->deadline)
			finish(pool, worker, true);
	}
}

/* What the cache has needs no process. */
static bool take_from_cache(struct pool *pool)
{
	GByteArray *bytes = g_byte_array_new();
	struct facts *facts;
	bool found = cache_find(pool->options->cache,
				pool->queue->pdata[pool->next],
				pool->options->source_root, bytes) &&
		     facts_decode(&facts, bytes->data, bytes->len) == 0;

	g_byte_array_free(bytes, TRUE);
	if (found) {
		pool->next++;
		deliver(pool, facts);
	}
	return found;
}

static int fill(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options->jobs; i++) {
		struct worker *worker = &pool->workers[i];

		if (worker->pid)
			continue;
		while (!interrupted && pool->next < pool->queue->len &&
		       take_from_cache(pool))
			;
		if (pool->next < pool->queue->len && !interrupted &&
		    start(pool, worker) < 0)
			return -1;
	}
	return 0;
}

static void stop(struct pool *pool)
{
	for (unsigned i = 0; i < pool->options->jobs; i++) {
		struct worker *worker = &pool->workers[i];

		if (!worker->pid)
			continue;
		kill(worker->pid, SIGKILL);
		waitpid(worker->pid, NULL, 0);
		close(worker->fd);
		g_byte_array_free(worker->bytes, TRUE);
	}
}

static int run(struct pool *pool)
{
	while (pool->done < pool->queue->len) {
		if (interrupted) {
			stop(pool);
			progress_hide(pool->progress);
			return diag_error("interrupted");
		}
		if (fill(pool) < 0) {
			stop(pool);
			return -1;
		}
		serve(pool);
	}
	return 0;
}

/* ---- order ---- */

struct sized {
	goffset size;
	guint index;
};

static int by_size(gconstpointer a, gconstpointer b)
{
	const struct sized *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static goffset size_of_file(const char *path)
{
	GStatBuf info;

	return g_stat(path, &info) == 0 ? (goffset)info.st_size : 0;
}

static GPtrArray *largest_first(const GPtrArray *commands)
{
	GPtrArray *out = g_ptr_array_new();
	struct sized *sized = g_new(struct sized, commands->len + 1);

	for (guint i = 0; i < commands->len; i++) {
		const struct compile_command *c = commands->pdata[i];

		sized[i] = (struct sized){ size_of_file(c->file), i };
	}
	qsort(sized, commands->len, sizeof(*sized), by_size);
	for (guint i = 0; i < commands->len; i++)
		g_ptr_array_add(out, commands->pdata[sized[i].index]);
	g_free(sized);
	return out;
}

/* ---- all ---- */

struct handlers {
	struct sigaction interrupt, terminate, hangup;
};

static void catch_signals(struct handlers *old)
{
	struct sigaction action = { .sa_handler = on_signal };

	interrupted = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &old->interrupt);
	sigaction(SIGTERM, &action, &old->terminate);
	sigaction(SIGHUP, &action, &old->hangup);
}

static void restore_signals(const struct handlers *old)
{
	sigaction(SIGINT, &old->interrupt, NULL);
	sigaction(SIGTERM, &old->terminate, NULL);
	sigaction(SIGHUP, &old->hangup, NULL);
}

int pool_run(const GPtrArray *commands, const struct pool_options *options,
	     pool_result *result, void *data)
{
	struct pool pool = {
		.options = options,
		.queue = largest_first(commands),
		.workers = g_new0(struct worker, options->jobs),
		.fds = g_new0(struct pollfd, options->jobs),
		.result = result,
		.data = data,
	};
	struct handlers old;
	int ret;

	pool.progress = progress_new(options->progress, "extract",
				     pool.queue->len, "files");
	catch_signals(&old);
	ret = run(&pool);
	restore_signals(&old);
	progress_free(pool.progress);
	g_ptr_array_free(pool.queue, TRUE);
	g_free(pool.workers);
	g_free(pool.fds);
	return ret;
}
