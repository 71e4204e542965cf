/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Report files: written under another name, renamed when complete. */
#include "output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "diag.h"

/* mkstemp makes files for the owner only; a report is like any other file. */
static void set_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	(void)fchmod(fd, 0666 & ~mask);
}

static int open_temporary(struct output *out)
{
	int fd = mkstemp(out->temporary);

	if (fd < 0) {
		diag_error("cannot create '%s': %s", out->path,
			   strerror(errno));
		return -1;
	}
	set_mode(fd);
	out->stream = fdopen(fd, "w");
	if (!out->stream) {
		diag_error("cannot open '%s': %s", out->path, strerror(errno));
		close(fd);
		unlink(out->temporary);
		return -1;
	}
	return 0;
}

/* A device or a pipe is written to as it is: never replaced. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

static int open_special(struct output *out)
{
	out->stream = fopen(out->path, "w");
	if (out->stream)
		return 0;
	return diag_error("cannot open '%s': %s", out->path, strerror(errno));
}

/* The file itself where PATH is a symbolic link. */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL);
	char *copy = g_strdup(real ? real : path);

	free(real);
	return copy;
}

static void release(struct output *out)
{
	g_free(out->path);
	g_free(out->temporary);
	memset(out, 0, sizeof(*out));
}

int output_open(struct output *out, const char *path)
{
	memset(out, 0, sizeof(*out));
	if (!path || strcmp(path, "-") == 0) {
		out->stream = stdout;
		return 0;
	}
	out->path = resolve(path);
	if (!is_special(path))
		out->temporary = g_strconcat(out->path, ".XXXXXX", NULL);
	if ((out->temporary ? open_temporary(out) : open_special(out)) < 0) {
		release(out);
		return -1;
	}
	return 0;
}

static int close_stdout(struct output *out)
{
	int ret = 0;

	if (ferror(out->stream) || fflush(out->stream) != 0)
		ret = diag_error("cannot write standard output: %s",
				 strerror(errno));
	release(out);
	return ret;
}

static int close_stream(struct output *out)
{
	bool failed = ferror(out->stream) != 0;

	failed |= fclose(out->stream) != 0;
	if (failed)
		return diag_error("cannot write '%s': %s", out->path,
				  strerror(errno));
	if (out->temporary && rename(out->temporary, out->path) < 0)
		return diag_error("cannot rename to '%s': %s", out->path,
				  strerror(errno));
	return 0;
}

int output_close(struct output *out)
{
	int ret;

	if (!out->path)
		return close_stdout(out);
	ret = close_stream(out);
	if (ret < 0 && out->temporary)
		unlink(out->temporary);
	release(out);
	return ret;
}

void output_abandon(struct output *out)
{
	if (out->path)
		fclose(out->stream);
	if (out->temporary)
		unlink(out->temporary);
	release(out);
}

int output_write(const char *path, const char *text)
{
	struct output out;

	if (output_open(&out, path) < 0)
		return -1;
	if (text)
		fputs(text, out.stream);
	return output_close(&out);
}
