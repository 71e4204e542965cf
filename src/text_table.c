/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts by number. */
#include "text_table.h"

#include "html.h"

/* Two texts that look alike are two texts. */
struct text_table {
	GHashTable *number;	/* text as given -> number */
	GPtrArray *visible;
};

struct text_table *text_table_new(void)
{
	struct text_table *t = g_new0(struct text_table, 1);

	t->number = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  NULL);
	t->visible = g_ptr_array_new_with_free_func(g_free);
	text_table_add(t, "");
	return t;
}

void text_table_free(struct text_table *t)
{
	g_hash_table_unref(t->number);
	g_ptr_array_unref(t->visible);
	g_free(t);
}

guint text_table_add(struct text_table *t, const char *text)
{
	void *number;

	if (!text)
		return 0;
	if (g_hash_table_lookup_extended(t->number, text, NULL, &number))
		return GPOINTER_TO_UINT(number);
	number = GUINT_TO_POINTER(t->visible->len);
	g_hash_table_insert(t->number, g_strdup(text), number);
	g_ptr_array_add(t->visible, text_visible(text));
	return GPOINTER_TO_UINT(number);
}

const GPtrArray *text_table_texts(const struct text_table *t)
{
	return t->visible;
}
