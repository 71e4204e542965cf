/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <glib.h>

char **words_split(const char *text)
{
	g_auto(GStrv) raw = g_strsplit_set(text, " \t\r\n", -1);
	GPtrArray *words = g_ptr_array_new();

	for (int i = 0; raw[i]; i++)
		if (raw[i][0])
			g_ptr_array_add(words, g_strdup(raw[i]));
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}
