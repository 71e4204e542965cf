/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Display names.  A function is shown by its name if no other function with a
 * body has it.  Else what tells them apart is added: name@object for one of a
 * .c file, name@file for a header's inline.  A variant adds its #hash.  Line
 * numbers, which a header's keys have, are shown only where nothing else
 * differs, since names go into the identities of orderings.
 */
#include "link_int.h"

#include <string.h>

struct names {
	struct facts *f;
	const GArray *base;
	const GPtrArray *object;
	GHashTable *owner;	/* name -> key that has it alone, 0: several */
	GHashTable *used;	/* display names given */
};

static fact_id base_of(const struct names *n, fact_id id)
{
	return g_array_index(n->base, fact_id, id);
}

static void find_owners(struct names *n)
{
	for (guint i = 1; i < n->f->function->len; i++) {
		const struct fact_function *fn = FACT_FUNCTION(n->f, i);
		gpointer known;

		if (!fn->body)
			continue;
		if (!g_hash_table_lookup_extended(n->owner, fn->name, NULL,
						  &known))
			known = GUINT_TO_POINTER(base_of(n, i));
		else if (GPOINTER_TO_UINT(known) != base_of(n, i))
			known = NULL;
		g_hash_table_insert(n->owner, (gpointer)fn->name, known);
	}
}

/* Cuts ":123" off the end, if it is there. */
static void cut_line(char *place)
{
	char *colon = strrchr(place, ':');

	if (colon && colon[1] && !colon[1 + strspn(colon + 1, "0123456789")])
		*colon = '\0';
}

/* What follows the name in the key: "object", "file:line", or NULL. */
static const char *key_place(const struct names *n, fact_id id)
{
	const struct fact_function *fn = FACT_FUNCTION(n->f, base_of(n, id));
	size_t len = strlen(fn->name);

	if (strncmp(fn->key, fn->name, len) || fn->key[len] != '@')
		return NULL;
	return fn->key + len + 1;
}

/* The part that tells the function from others of its name. */
static char *place(const struct names *n, fact_id id)
{
	const char *text = key_place(n, id);
	const char *object = n->object->pdata[id];
	char *copy;

	if (!text)
		return g_strdup(object && *object ? object : "extern");
	copy = g_strdup(text);
	cut_line(copy);
	return copy;
}

/* "#hash" of a variant, else "". */
static const char *variant_suffix(const struct names *n, fact_id id)
{
	if (base_of(n, id) == id)
		return "";
	return FACT_FUNCTION(n->f, id)->key +
	       strlen(FACT_FUNCTION(n->f, base_of(n, id))->key);
}

static bool is_name_enough(const struct names *n, fact_id id)
{
	gpointer owner;
	const char *name = FACT_FUNCTION(n->f, id)->name;

	if (!g_hash_table_lookup_extended(n->owner, name, NULL, &owner))
		return true;
	return GPOINTER_TO_UINT(owner) == base_of(n, id);
}

static char *display(const struct names *n, fact_id id)
{
	const char *name = FACT_FUNCTION(n->f, id)->name;
	char *at, *text;

	if (is_name_enough(n, id))
		return g_strconcat(name, variant_suffix(n, id), NULL);
	at = place(n, id);
	text = g_strconcat(name, "@", at, variant_suffix(n, id), NULL);
	g_free(at);
	return text;
}

/* Takes text if nobody has it. */
static bool set_display(struct names *n, fact_id id, char *text)
{
	const char *kept = facts_text(n->f, text);

	g_free(text);
	if (!g_hash_table_add(n->used, (gpointer)kept))
		return false;
	FACT_FUNCTION(n->f, id)->display = kept;
	return true;
}

/* The key is unique; should a name look like one, count. */
static void set_key_as_display(struct names *n, fact_id id)
{
	const char *key = FACT_FUNCTION(n->f, id)->key;
	unsigned count = 1;

	if (set_display(n, id, g_strdup(key)))
		return;
	while (!set_display(n, id, g_strdup_printf("%s#%u", key, ++count)))
		;
}

struct keyed {
	const char *key;
	fact_id id;
};

static gint compare_keyed(gconstpointer a, gconstpointer b)
{
	const struct keyed *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* By key, so that who gets a contested name does not depend on an order. */
static GArray *by_key(const struct facts *f)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct keyed));

	for (guint i = 1; i < f->function->len; i++) {
		struct keyed k = { FACT_FUNCTION(f, i)->key, i };

		g_array_append_val(out, k);
	}
	g_array_sort(out, compare_keyed);
	return out;
}

void link_display_names(struct facts *f, const GArray *base,
			const GPtrArray *object)
{
	struct names n = {
		.f = f, .base = base, .object = object,
		.owner = g_hash_table_new(g_str_hash, g_str_equal),
		.used = g_hash_table_new(g_str_hash, g_str_equal),
	};
	GArray *order = by_key(f);

	find_owners(&n);
	for (guint i = 0; i < order->len; i++) {
		fact_id id = g_array_index(order, struct keyed, i).id;

		if (!set_display(&n, id, display(&n, id)))
			set_key_as_display(&n, id);
	}
	g_array_unref(order);
	g_hash_table_unref(n.owner);
	g_hash_table_unref(n.used);
}
