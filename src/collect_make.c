// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the tree's own make in the copy, with its output in a log.  Of a
 * failure the log's first complaint of make is told.  The environment is cut
 * down to what cannot change the configuration.  Make and what it starts have
 * the lock of the work directory: if we are killed, they keep others out.
 */
#include "collect_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>

#include "diag.h"
#include "progress.h"

static char **make_environment(const struct collect *c)
{
	static const char *const kept[] = { "PATH", "HOME", "TMPDIR",
					    "LD_LIBRARY_PATH" };
	static const char *const fixed[][2] = {
		{ "LC_ALL", "C" },
		{ "XEN_BUILD_DATE", "Thu Jan  1 00:00:00 UTC 1970" },
		{ "XEN_BUILD_TIME", "00:00:00" },
		{ "XEN_BUILD_HOST", "localhost" },
		{ "XEN_DOMAIN", "localdomain" },
		{ "XEN_WHOAMI", "nobody" },
	};
	bool expert = c->fragment && strstr(c->fragment, "CONFIG_EXPERT=");
	char **env = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
		if (g_getenv(kept[i]))
			env = g_environ_setenv(env, kept[i],
					       g_getenv(kept[i]), TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
		env = g_environ_setenv(env, fixed[i][0], fixed[i][1], TRUE);
	/* The copy is no checkout, whatever directory it is in. */
	env = g_environ_setenv(env, "GIT_CEILING_DIRECTORIES", c->work, TRUE);
	return g_environ_setenv(env, "XEN_CONFIG_EXPERT", expert ? "y" : "n",
				TRUE);
}

/* The number of files is not known before all are through. */
static void show_progress(const struct collect *c, struct progress *progress)
{
	GDir *dir = g_dir_open(c->records, 0, NULL);
	unsigned nr = 0;

	while (dir && g_dir_read_name(dir))
		nr++;
	if (dir)
		g_dir_close(dir);
	progress_step(progress, nr, NULL);
}

static pid_t poll_child(const struct collect *c, struct progress *progress,
			GPid pid, int *status)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	pid_t got = waitpid(pid, status, progress ? WNOHANG : 0);

	if (got == 0) {
		show_progress(c, progress);
		nanosleep(&pause, NULL);
	}
	return got;
}

/* True if the process ended well. */
static bool wait_for(const struct collect *c, GPid pid)
{
	struct progress *progress = progress_new(c->options->progress,
						 "collect", 0, "files compiled");
	int status = 0;
	pid_t got;

	do
		got = poll_child(c, progress, pid, &status);
	while (got == 0 || (got < 0 && errno == EINTR));
	progress_free(progress);
	g_spawn_close_pid(pid);
	return got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool make_spawn(const struct collect *c, const char *const *argv)
{
	char **env = make_environment(c);
	GError *error = NULL;
	const int lock[] = { c->lock_fd };
	GPid pid = 0;
	bool started;

	started = g_spawn_async_with_pipes_and_fds(
		NULL, argv, (const char *const *)env,
		G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
		-1, c->log_fd, c->log_fd, lock, lock, 1, &pid, NULL, NULL,
		NULL, &error);
	g_strfreev(env);
	if (!started) {
		diag_warning("%s", error->message);
		g_error_free(error);
		return false;
	}
	return wait_for(c, pid);
}

/* The step in a line like "make[2]: *** [Rules.mk:7: common/x.o] Error 1". */
static char *failed_step(const char *log)
{
	const char *stars = strstr(log, ": *** ");
	char *line, *end, *step;

	if (!stars)
		return NULL;
	stars += strlen(": *** ");
	line = g_strndup(stars, strcspn(stars, "\n"));
	end = strrchr(line, ']');
	if (line[0] != '[' || !end)
		return line;
	*end = '\0';
	step = strrchr(line, ' ');
	step = g_strdup(step ? step + 1 : line + 1);
	g_free(line);
	return step;
}

/* A full disk may have kept its own message out of the log. */
static bool is_disk_full(const struct collect *c)
{
	struct statvfs fs;

	return statvfs(c->work, &fs) == 0 &&
	       fs.f_bavail * fs.f_frsize < 65536;
}

/* The first line in which a compiler, or else make, says what is wrong. */
static char *first_complaint(const char *log)
{
	static const char *const signs[] = { " error: ", "rror: ", ": *** " };
	const char *at = NULL, *start;

	for (size_t i = 0; i < G_N_ELEMENTS(signs) && !at; i++)
		at = strstr(log, signs[i]);
	if (!at)
		return NULL;
	start = at;
	while (start > log && start[-1] != '\n')
		start--;
	return g_strndup(start, strcspn(start, "\n"));
}

static int report_failure(struct collect *c, const char *goal)
{
	char *log = NULL, *step = NULL;
	const char *why = "";

	c->make_failed = true;
	if (g_file_get_contents(c->log, &log, NULL, NULL)) {
		step = failed_step(log);
		g_free(c->complaint);
		c->complaint = first_complaint(log);
		if (strstr(log, "No space left on device") || is_disk_full(c)) {
			why = ": no space left on device";
			c->make_failed = false;
		}
	}
	diag_error("make step '%s' failed%s; see '%s'", step ? step : goal,
		   why, c->log);
	g_free(step);
	g_free(log);
	return -1;
}

/* name=value, as an argument to make. */
static void add_variable(GPtrArray *argv, const char *name, const char *value)
{
	g_ptr_array_add(argv, g_strconcat(name, "=", value, NULL));
}

static GPtrArray *make_arguments(const struct collect *c, const char *goal)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	char *cc = wrapper_path(c, "cc"), *ld = wrapper_path(c, "ld");

	g_ptr_array_add(argv, g_strdup("make"));
	g_ptr_array_add(argv, g_strdup("-C"));
	g_ptr_array_add(argv, g_strdup(c->source));
	g_ptr_array_add(argv, g_strdup_printf("-j%u", c->options->jobs));
	add_variable(argv, "XEN_TARGET_ARCH", "x86_64");
	add_variable(argv, "CC", cc);
	add_variable(argv, "LD", ld);
	add_variable(argv, "HOSTCC", c->hostcc);
	add_variable(argv, "PYTHON", c->python);
	/* Only checks of the public headers want it. */
	add_variable(argv, "CXX", "false");
	if (strstr(c->cc_version, "clang"))
		add_variable(argv, "clang", "y");
	g_ptr_array_add(argv, g_strdup(goal));
	g_ptr_array_add(argv, NULL);
	g_free(ld);
	g_free(cc);
	return argv;
}

int make_run(struct collect *c, const char *goal)
{
	GPtrArray *argv = make_arguments(c, goal);
	bool done = make_spawn(c, (const char *const *)argv->pdata);

	g_ptr_array_unref(argv);
	if (strcmp(goal, "build") == 0)
		done = wrapper_linked(c);
	return done ? 0 : report_failure(c, goal);
}
