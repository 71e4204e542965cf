/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle.h"

#include <glib.h>

#include "slice.h"

/* A store of VALUE to a member: by a function, or in a variable's
 * initialiser. */
struct stored {
	uint32_t bundle;	/* function, or number of functions + global */
	fact_id value;		/* function; VALUE_NULL, VALUE_ANY */
};

enum { VALUE_NULL = 0 };
#define VALUE_ANY UINT32_MAX

struct bundles {
	const struct facts *f;
	GArray **stored;	/* per field: struct stored; NULL if none */
};

static uint32_t root_global(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	while (e->op == EXPR_FIELD || e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	return e->op == EXPR_GLOBAL ? e->a : 0;
}

static fact_id value_stored(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	while (e->op == EXPR_CAST)
		e = &b->expr[e->a];
	if (e->op == EXPR_FUNCTION)
		return e->a;
	return e->op == EXPR_CONST && e->imm == 0 ? VALUE_NULL : VALUE_ANY;
}

static void read_body(struct bundles *w, fact_id function,
		      const struct fact_body *b, bool is_init)
{
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];
		const struct fact_expr *to = &b->expr[n->a];
		struct stored s = { .bundle = function };

		if (n->kind != NODE_ASSIGN || to->op != EXPR_FIELD ||
		    FACT_TYPE(w->f, FACT_FIELD(w->f, to->b)->type)->kind !=
			    TYPE_FUNCTION_POINTER)
			continue;
		if (is_init)
			s.bundle = w->f->function->len +
				   root_global(b, n->a);
		s.value = value_stored(b, n->b);
		if (!w->stored[to->b])
			w->stored[to->b] = g_array_new(FALSE, FALSE,
						       sizeof(s));
		g_array_append_val(w->stored[to->b], s);
	}
}

struct bundles *bundles_new(const struct facts *f)
{
	struct bundles *w = g_new0(struct bundles, 1);

	w->f = f;
	w->stored = g_new0(GArray *, f->field->len);
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);

		if (fn->body)
			read_body(w, id, fn->body,
				  (fn->flags & FUNCTION_INIT) != 0);
	}
	return w;
}

void bundles_free(struct bundles *w)
{
	for (fact_id id = 0; id < w->f->field->len; id++)
		if (w->stored[id])
			g_array_unref(w->stored[id]);
	g_free(w->stored);
	g_free(w);
}

/* May a record that has BUNDLE's member FIELD hold VALUE there?  A table leaves
 * what it does not name at null. */
static bool bundle_allows(const struct bundles *w, uint32_t bundle,
			  fact_id field, fact_id value)
{
	const GArray *stored = w->stored[field];
	bool named = false;

	for (guint i = 0; stored && i < stored->len; i++) {
		const struct stored *s =
			&g_array_index(stored, struct stored, i);

		if (s->bundle != bundle)
			continue;
		named = true;
		if (s->value == value || s->value == VALUE_ANY)
			return true;
	}
	return !named && bundle < w->f->function->len;
}

/* Does some bundle that stores X to FX allow Y in FY? */
static bool some_bundle_allows(const struct bundles *w, fact_id fx, fact_id x,
			       fact_id fy, fact_id y)
{
	const GArray *stored = w->stored[fx];
	bool any = false;

	for (guint i = 0; stored && i < stored->len; i++) {
		const struct stored *s =
			&g_array_index(stored, struct stored, i);

		if (s->value != x && s->value != VALUE_ANY)
			continue;
		any = true;
		if (bundle_allows(w, s->bundle, fy, y))
			return true;
	}
	return !any;
}

bool bundles_allow(const struct bundles *w, fact_id fx, fact_id x, fact_id fy,
		   fact_id y)
{
	return some_bundle_allows(w, fx, x, fy, y) ||
	       some_bundle_allows(w, fy, y, fx, x);
}
