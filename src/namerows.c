/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "namerows.h"

#include "nummap.h"

/* What is known of a name in the caller of a call. */
typedef struct told_name look_fn(struct handup *h, const struct call_edge *e,
				 term_id name);

struct namerows {
	struct handup *h;
	GArray *name;		/* struct told_name: row after row */
	struct nummap *owner;	/* (function, name) -> index of the row's first
				 * + 1 */
	struct nummap *object;
};

struct namerows *namerows_new(struct handup *h)
{
	struct namerows *r = g_new0(struct namerows, 1);

	r->h = h;
	r->name = g_array_new(FALSE, FALSE, sizeof(struct told_name));
	r->owner = nummap_new();
	r->object = nummap_new();
	return r;
}

void namerows_free(struct namerows *r)
{
	g_array_unref(r->name);
	nummap_free(r->owner);
	nummap_free(r->object);
	g_free(r);
}

static uint32_t find_row(struct namerows *r, struct nummap *rows,
			 look_fn *look, fact_id function, term_id name)
{
	const GPtrArray *callers = r->h->callers[function];
	uint32_t *row;

	if (!name || !callers)
		return 0;
	row = nummap_at(rows, NUMMAP_KEY(function, name));
	if (*row)
		return *row;
	*row = r->name->len + 1;
	for (guint i = 0; i < callers->len; i++) {
		struct told_name there =
			look(r->h, g_ptr_array_index(callers, i), name);

		g_array_append_val(r->name, there);
	}
	return *row;
}

struct namerow namerows_find(struct namerows *r, fact_id function,
			     const struct told *n)
{
	return (struct namerow){
		.held_owner = find_row(r, r->owner, told_owner_above,
				       function, n->held_owner),
		.acquired_owner = find_row(r, r->owner, told_owner_above,
					   function, n->acquired_owner),
		.held_object = find_row(r, r->object, told_object_above,
					function, n->held_object),
		.acquired_object = find_row(r, r->object, told_object_above,
					    function, n->acquired_object),
	};
}

static struct told_name at(const struct namerows *r, uint32_t row, guint i)
{
	return row ? g_array_index(r->name, struct told_name, row - 1 + i)
		   : (struct told_name){ 0 };
}

struct told_names namerows_at(const struct namerows *r,
			      const struct namerow *row, guint i)
{
	return (struct told_names){
		.held_owner = at(r, row->held_owner, i),
		.acquired_owner = at(r, row->acquired_owner, i),
		.held_object = at(r, row->held_object, i),
		.acquired_object = at(r, row->acquired_object, i),
	};
}
