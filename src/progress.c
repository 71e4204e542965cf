/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a task is: number, rate, remaining time, and the name of what was
 * done last, cut to the width of the terminal. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "tty.h"

enum {
	PAUSE = G_USEC_PER_SEC / 10,	/* between two drawings */
	WARM_UP = G_USEC_PER_SEC,	/* before a rate means anything */
};

struct progress {
	const char *task, *unit;
	unsigned total;
	gint64 start, drawn;
	GThread *clock;		/* NULL unless the task tells nothing */
	GMutex lock;
	GCond ended;
	bool is_ended;
};

struct progress *progress_new(bool wanted, const char *task, unsigned total,
			      const char *unit)
{
	struct progress *p;

	if (!wanted)
		return NULL;
	p = g_new0(struct progress, 1);
	p->task = task;
	p->unit = unit;
	p->total = total;
	p->start = g_get_monotonic_time();
	return p;
}

static void append_time(GString *line, double seconds)
{
	unsigned s = (unsigned)(seconds + 0.5);

	if (s >= 60)
		g_string_append_printf(line, "%u min %02u s", s / 60, s % 60);
	else
		g_string_append_printf(line, "%u s", s);
}

/* Rate, and the time that the rest will take at that rate. */
static void append_rate(GString *line, const struct progress *p, unsigned done,
			gint64 now)
{
	double seconds = (double)(now - p->start) / G_USEC_PER_SEC;
	double rate = done / seconds;

	if (done == 0 || now - p->start < WARM_UP)
		return;
	g_string_append_printf(line, rate < 10 ? ", %.1f/s" : ", %.0f/s",
			       rate);
	if (p->total > done) {
		g_string_append(line, ", ");
		append_time(line, (p->total - done) / rate);
		g_string_append(line, " left");
	}
}

/* A name is what a file in the tree is called: it may hold anything. */
static void append_name(GString *line, const char *name)
{
	char *valid = g_utf8_make_valid(name, -1);

	g_string_append(line, ": ");
	for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
		gunichar u = g_utf8_get_char(c);

		if (g_unichar_isprint(u))
			g_string_append_unichar(line, u);
		else
			g_string_append_c(line, '?');
	}
	g_free(valid);
}

static void draw(const char *text)
{
	unsigned width = tty_width(STDERR_FILENO);
	char *cut;

	/* The last column makes some terminals begin a new line. */
	if (width == 0)
		width = 80;
	cut = g_utf8_substring(text, 0, MIN((glong)width - 1,
					    g_utf8_strlen(text, -1)));
	fprintf(stderr, "\r%s\033[K", cut);
	fflush(stderr);
	g_free(cut);
}

void progress_step(struct progress *p, unsigned done, const char *name)
{
	gint64 now;
	GString *line;

	if (!p)
		return;
	now = g_get_monotonic_time();
	if (p->drawn && now - p->drawn < PAUSE)
		return;
	p->drawn = now;
	line = g_string_new(NULL);
	g_string_printf(line, "%s: %u", p->task, done);
	if (p->total)
		g_string_append_printf(line, " of %u", p->total);
	g_string_append_printf(line, " %s", p->unit);
	append_rate(line, p, done, now);
	if (name && *name)
		append_name(line, name);
	draw(line->str);
	g_string_free(line, TRUE);
}

void progress_hide(struct progress *p)
{
	if (p && p->drawn)
		fputs("\r\033[K", stderr);
	if (p)
		p->drawn = 0;
}

void progress_free(struct progress *p)
{
	progress_hide(p);
	g_free(p);
}

static void *tick(void *data)
{
	struct progress *p = data;
	gint64 next = p->start;

	g_mutex_lock(&p->lock);
	while (!p->is_ended) {
		next += G_USEC_PER_SEC;
		if (g_cond_wait_until(&p->ended, &p->lock, next))
			continue;
		GString *line = g_string_new(p->task);

		g_string_append(line, ": ");
		append_time(line, (double)(next - p->start) / G_USEC_PER_SEC);
		draw(line->str);
		g_string_free(line, TRUE);
		p->drawn = next;
	}
	g_mutex_unlock(&p->lock);
	return NULL;
}

struct progress *progress_start(bool wanted, const char *task)
{
	struct progress *p = progress_new(wanted, task, 0, NULL);

	if (!p)
		return NULL;
	g_mutex_init(&p->lock);
	g_cond_init(&p->ended);
	p->clock = g_thread_new("progress", tick, p);
	return p;
}

void progress_stop(struct progress *p)
{
	if (!p)
		return;
	g_mutex_lock(&p->lock);
	p->is_ended = true;
	g_cond_signal(&p->ended);
	g_mutex_unlock(&p->lock);
	g_thread_join(p->clock);
	g_mutex_clear(&p->lock);
	g_cond_clear(&p->ended);
	progress_free(p);
}
