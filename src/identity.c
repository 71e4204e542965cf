/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "identity.h"

#include <glib.h>

#include "output.h"

#define GROUP "tree"

static void set(GKeyFile *file, const char *key, const char *value)
{
	if (value)
		g_key_file_set_string(file, GROUP, key, value);
}

int identity_write(const struct identity *identity, const char *work)
{
	GKeyFile *file = g_key_file_new();
	char *path = g_build_filename(work, "identity", NULL), *text;
	int ret;

	set(file, "version", identity->version);
	set(file, "commit", identity->commit);
	set(file, "config", identity->config);
	text = g_key_file_to_data(file, NULL, NULL);
	ret = output_write(path, text);
	g_free(text);
	g_free(path);
	g_key_file_unref(file);
	return ret;
}

void identity_read(struct identity *identity, const char *compdb)
{
	GKeyFile *file = g_key_file_new();
	char *work = g_file_test(compdb, G_FILE_TEST_IS_DIR)
			     ? g_strdup(compdb)
			     : g_path_get_dirname(compdb);
	char *path = g_build_filename(work, "identity", NULL);

	*identity = (struct identity){ .version = NULL };
	if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL)) {
		identity->version = g_key_file_get_string(file, GROUP,
							  "version", NULL);
		identity->commit = g_key_file_get_string(file, GROUP,
							 "commit", NULL);
		identity->config = g_key_file_get_string(file, GROUP,
							 "config", NULL);
	}
	g_free(path);
	g_free(work);
	g_key_file_unref(file);
}

void identity_release(struct identity *identity)
{
	g_free(identity->version);
	g_free(identity->commit);
	g_free(identity->config);
}
