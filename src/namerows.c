/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "namerows.h"

#include "nummap.h"
#include "numset.h"
#include "program.h"

/* What is known of a name in the caller of a call. */
typedef struct told_name look_fn(struct handup *h, const struct call_edge *e,
				 term_id name);

/* Indices in an array. */
struct slice_of {
	uint32_t first, nr;
};

struct namerows {
	struct handup *h;
	GArray *name;		/* struct told_name: row after row, each with
				 * one for each call of a function */
	struct nummap *owner;	/* (function, name) -> index of the row's first
				 * + 1 */
	struct nummap *object;
	struct numsets *asked;	/* the names of a function and what is asked of
				 * them, as words -> number + 1 */
	GArray *answer;		/* struct slice_of CALLER, per number */
	GArray *caller;		/* struct caller_names */
};

struct namerows *namerows_new(struct handup *h)
{
	struct namerows *r = g_new0(struct namerows, 1);

	r->h = h;
	r->name = g_array_new(FALSE, FALSE, sizeof(struct told_name));
	r->owner = nummap_new();
	r->object = nummap_new();
	r->asked = numsets_new();
	r->answer = g_array_new(FALSE, FALSE, sizeof(struct slice_of));
	r->caller = g_array_new(FALSE, FALSE, sizeof(struct caller_names));
	return r;
}

void namerows_free(struct namerows *r)
{
	g_array_unref(r->name);
	nummap_free(r->owner);
	nummap_free(r->object);
	numsets_free(r->asked);
	g_array_unref(r->answer);
	g_array_unref(r->caller);
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

/* The numbers of rows; 0: there is no name. */
struct namerow {
	uint32_t held_owner, acquired_owner;
	uint32_t held_object, acquired_object;
};

static struct namerow find_rows(struct namerows *r, fact_id function,
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

static bool is_one_name(const struct told_name *a, const struct told_name *b)
{
	return a->name == b->name && a->role == b->role &&
	       a->control == b->control && a->instance == b->instance &&
	       a->has_instances == b->has_instances;
}

static bool is_alike(const struct told_names *a, const struct told_names *b)
{
	return is_one_name(&a->held_owner, &b->held_owner) &&
	       is_one_name(&a->acquired_owner, &b->acquired_owner) &&
	       is_one_name(&a->held_object, &b->held_object) &&
	       is_one_name(&a->acquired_object, &b->acquired_object) &&
	       a->relation == b->relation && a->same == b->same &&
	       a->excludes_control == b->excludes_control;
}

/* Is NEW in S already?  The calls of a caller are next to each other. */
static bool is_listed(const struct namerows *r, struct slice_of s,
		      const struct caller_names *new)
{
	for (guint i = s.first + s.nr; i > s.first; i--) {
		const struct caller_names *c = &g_array_index(
			r->caller, struct caller_names, i - 1);

		if (c->caller != new->caller)
			return false;
		if (is_alike(&c->names, &new->names))
			return true;
	}
	return false;
}

static struct slice_of find_all(struct namerows *r, fact_id function,
				const struct told *n)
{
	const GPtrArray *callers = r->h->callers[function];
	struct slice_of found = { .first = r->caller->len };
	struct namerow row = find_rows(r, function, n);

	for (guint i = 0; callers && i < callers->len; i++) {
		const struct call_edge *e = g_ptr_array_index(callers, i);
		struct caller_names new = {
			.caller = e->caller,
			.names.held_owner = at(r, row.held_owner, i),
			.names.acquired_owner = at(r, row.acquired_owner, i),
			.names.held_object = at(r, row.held_object, i),
			.names.acquired_object = at(r, row.acquired_object, i),
		};

		told_relate(r->h->x, e->at, n, &new.names);
		if (is_listed(r, found, &new))
			continue;
		g_array_append_val(r->caller, new);
		found.nr++;
	}
	return found;
}

const struct caller_names *namerows_find(struct namerows *r, fact_id function,
					 const struct told *n, uint32_t *nr)
{
	uint32_t words[] = {
		function, n->held_owner, n->acquired_owner, n->held_object,
		n->acquired_object, n->may_be_same, n->view.relation == RELATION_UNKNOWN,
		n->view.held_control == TRI_UNKNOWN,
	};
	uint32_t number = numset_make(r->asked, words, G_N_ELEMENTS(words));
	struct slice_of found;

	if (number > r->answer->len) {
		found = find_all(r, function, n);
		g_array_append_val(r->answer, found);
	}
	found = g_array_index(r->answer, struct slice_of, number - 1);
	*nr = found.nr;
	return (const struct caller_names *)(void *)r->caller->data +
	       found.first;
}
