/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Worker processes, which parse one translation unit after the other: one that
 * crashes or hangs costs the unit that it is at, and another takes its place.
 * A worker reads the numbers of commands from a pipe, and answers each through
 * another: the length of the facts' bytes, then these.  What does not arrive
 * whole is a failure.  A worker ends when nobody is left to write to it.
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

#include "child.h"
#include "compdb.h"
#include "diag.h"
#include "facts_io.h"
#include "progress.h"

enum { TIMEOUT = 120 };		/* seconds */

/* An answer's length, before its bytes. */
typedef uint64_t answer_size;

struct worker {
	pid_t pid;		/* 0: not started, or gone */
	int to, from;		/* commands, answers */
	const struct compile_command *command; /* NULL: waits for one */
	gint64 deadline;	/* of command */
	GByteArray *bytes;	/* of the answer so far */
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

/* false: nobody writes any more. */
static bool read_number(int fd, uint32_t *out)
{
	uint8_t *at = (uint8_t *)out;
	size_t left = sizeof(*out);

	while (left > 0) {
		ssize_t nr = read(fd, at, left);

		if (nr < 0 && errno == EINTR)
			continue;
		if (nr <= 0)
			return false;
		at += nr;
		left -= (size_t)nr;
	}
	return true;
}

static void answer(const struct pool *pool,
		   const struct compile_command *command, int fd)
{
	GByteArray *bytes = g_byte_array_new();
	answer_size size;

	cache_make(pool->options->cache, command,
		   pool->options->source_root, bytes);
	size = bytes->len;
	child_write(fd, &size, sizeof(size));
	child_write(fd, bytes->data, bytes->len);
	g_byte_array_free(bytes, TRUE);
}

/* Pipes of others would keep those from seeing that the parent is gone. */
static void close_others(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->options->jobs; i++) {
		if (!pool->workers[i].pid)
			continue;
		close(pool->workers[i].to);
		close(pool->workers[i].from);
	}
}

static void child(const struct pool *pool, int in, int out)
{
	uint32_t number;

	child_reset_signals();
	while (read_number(in, &number))
		answer(pool, pool->queue->pdata[number], out);
	_exit(0);
}

/* ---- parent ---- */

static void close_pair(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* Forks with a pipe each way. */
static int start_with(struct pool *pool, struct worker *worker,
		      const int commands[2], const int answers[2])
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return diag_error("cannot start a process: %s",
				  strerror(errno));
	if (pid == 0) {
		close(commands[1]);
		close(answers[0]);
		close_others(pool);
		child(pool, commands[0], answers[1]);
	}
	close(commands[0]);
	close(answers[1]);
	worker->pid = pid;
	worker->to = commands[1];
	worker->from = answers[0];
	return 0;
}

static int start(struct pool *pool, struct worker *worker)
{
	int commands[2], answers[2], ret;

	if (pipe(commands) < 0)
		return diag_error("cannot make a pipe: %s", strerror(errno));
	if (pipe(answers) < 0) {
		ret = diag_error("cannot make a pipe: %s", strerror(errno));
		close_pair(commands);
		return ret;
	}
	ret = start_with(pool, worker, commands, answers);
	if (ret < 0) {
		close_pair(commands);
		close_pair(answers);
	}
	return ret;
}

/* A worker that is gone is told by the end of its answers. */
static void send_number(const struct worker *worker, uint32_t number)
{
	ssize_t nr;

	do
		nr = write(worker->to, &number, sizeof(number));
	while (nr < 0 && errno == EINTR);
}

/* Has a worker parse the next of the queue. */
static int give_next(struct pool *pool, struct worker *worker)
{
	unsigned timeout = pool->options->timeout ? pool->options->timeout
						  : TIMEOUT;

	if (!worker->pid && start(pool, worker) < 0)
		return -1;
	worker->command = pool->queue->pdata[pool->next];
	worker->bytes = g_byte_array_new();
	worker->deadline = g_get_monotonic_time() +
			   (gint64)timeout * G_USEC_PER_SEC;
	send_number(worker, pool->next++);
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

/* Ends a worker: at once, or when it has done what it was given. */
static void end_worker(struct worker *worker, bool at_once)
{
	close(worker->to);
	close(worker->from);
	if (at_once)
		kill(worker->pid, SIGKILL);
	while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
		;
	worker->pid = 0;
}

/* The worker waits again, or is gone; facts are given away. */
static void finish(struct pool *pool, struct worker *worker,
		   struct facts *facts)
{
	g_byte_array_free(worker->bytes, TRUE);
	worker->bytes = NULL;
	worker->command = NULL;
	deliver(pool, facts);
}

static void fail(struct pool *pool, struct worker *worker,
		 enum tu_status status, const char *message)
{
	struct facts *facts = failed_facts(pool, worker->command, status,
					   message);

	end_worker(worker, true);
	finish(pool, worker, facts);
}

static bool is_whole(const GByteArray *bytes)
{
	answer_size size;

	if (bytes->len < sizeof(size))
		return false;
	memcpy(&size, bytes->data, sizeof(size));
	return bytes->len - sizeof(size) >= size;
}

/* Clang may have survived a crash of its own; nobody relies on it then. */
static bool has_crashed(const struct facts *facts)
{
	return facts->tu->len > 1 && FACT_TU(facts, 1)->status == TU_CRASHED;
}

static void take_answer(struct pool *pool, struct worker *worker)
{
	const size_t head = sizeof(answer_size);
	struct facts *facts;

	if (facts_decode(&facts, worker->bytes->data + head,
			 worker->bytes->len - head) < 0) {
		fail(pool, worker, TU_CRASHED, "the parser crashed");
		return;
	}
	if (has_crashed(facts))
		end_worker(worker, true);
	finish(pool, worker, facts);
}

static void receive(struct pool *pool, struct worker *worker)
{
	guint8 buffer[65536];
	ssize_t nr = read(worker->from, buffer, sizeof(buffer));

	if (nr < 0 && errno == EINTR)
		return;
	if (nr <= 0) {
		fail(pool, worker, TU_CRASHED, "the parser crashed");
		return;
	}
	g_byte_array_append(worker->bytes, buffer, (guint)nr);
	if (is_whole(worker->bytes))
		take_answer(pool, worker);
}

static int wait_time(const struct pool *pool)
{
	gint64 now = g_get_monotonic_time(), first = now + 1000000;

	for (unsigned i = 0; i < pool->options->jobs; i++) {
		if (pool->workers[i].command)
			first = MIN(first, pool->workers[i].deadline);
	}
	return first <= now ? 0 : (int)((first - now) / 1000 + 1);
}

static void serve(struct pool *pool)
{
	unsigned nr = pool->options->jobs;

	for (unsigned i = 0; i < nr; i++) {
		const struct worker *worker = &pool->workers[i];

		pool->fds[i] = (struct pollfd){
			worker->command ? worker->from : -1, POLLIN, 0 };
	}
	if (poll(pool->fds, nr, wait_time(pool)) < 0)
		return;
	for (unsigned i = 0; i < nr; i++) {
		struct worker *worker = &pool->workers[i];

		if (!worker->command)
			continue;
		if (pool->fds[i].revents)
			receive(pool, worker);
		else if (g_get_monotonic_time() >= worker->deadline)
			fail(pool, worker, TU_TIMEOUT, "took too long");
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

		if (worker->command)
			continue;
		while (!interrupted && pool->next < pool->queue->len &&
		       take_from_cache(pool))
			;
		if (pool->next < pool->queue->len && !interrupted &&
		    give_next(pool, worker) < 0)
			return -1;
	}
	return 0;
}

static void stop(struct pool *pool, bool at_once)
{
	for (unsigned i = 0; i < pool->options->jobs; i++) {
		struct worker *worker = &pool->workers[i];

		if (worker->pid)
			end_worker(worker, at_once);
		if (worker->bytes)
			g_byte_array_free(worker->bytes, TRUE);
	}
}

static int run(struct pool *pool)
{
	while (pool->done < pool->queue->len) {
		if (interrupted) {
			progress_hide(pool->progress);
			return diag_error("interrupted");
		}
		if (fill(pool) < 0)
			return -1;
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
	struct sigaction interrupt, terminate, hangup, pipe;
};

static void catch_signals(struct handlers *old)
{
	struct sigaction action = { .sa_handler = on_signal };

	interrupted = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &old->interrupt);
	sigaction(SIGTERM, &action, &old->terminate);
	sigaction(SIGHUP, &action, &old->hangup);
	action.sa_handler = SIG_IGN;	/* a worker that is gone */
	sigaction(SIGPIPE, &action, &old->pipe);
}

static void restore_signals(const struct handlers *old)
{
	sigaction(SIGINT, &old->interrupt, NULL);
	sigaction(SIGTERM, &old->terminate, NULL);
	sigaction(SIGHUP, &old->hangup, NULL);
	sigaction(SIGPIPE, &old->pipe, NULL);
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
	stop(&pool, ret < 0);
	restore_signals(&old);
	progress_free(pool.progress);
	g_ptr_array_free(pool.queue, TRUE);
	g_free(pool.workers);
	g_free(pool.fds);
	return ret;
}
