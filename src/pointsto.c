/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Demand-driven points-to analysis: from a load backwards, through the
 * assignments of locals, arguments of callers, results of callees, and the
 * stores to members that may be of the same object (Heintze and Tardieu,
 * "Demand-driven pointer analysis", PLDI 2001).  Objects are variables;
 * whatever is allocated, or comes by a way that is not followed, is "any"
 * object.  A store through an argument is asked about once for each call of
 * its function, up to three calls up: init_timer(&a, f) stores f to a alone.
 *
 * What it costs is bounded; beyond that the answer is "any", which is sound.
 *
 * Approximations that could hide a target: those of access.c; what is copied
 * as bytes between objects whose types are not known holds no pointers; nobody
 * stores through a pointer to the elements of a constant or of a table that the
 * linker makes.
 */
#include "pointsto.h"

enum {
	STEPS_MAX = 60000,	/* expressions for one question */
	DEPTH_MAX = 40,		/* questions inside of questions */
	CALLERS_MAX = 200,	/* asked about one by one */
};

/* A level that is not one of the calls of a string. */
#define NO_CALLS UINT32_MAX

/* What a value may be. */
struct answer {
	bool is_any;		/* also something that is not known */
	bool is_cut;		/* also what is passed to the first function */
	bool is_done;
	GArray *address;	/* access_id */
	GArray *function;	/* fact_id */
};

struct pointsto {
	struct pointsto_input in;
	struct accesses *accesses;
	struct writes *writes;
	GArray **caller;	/* per function: uint32_t sites; NULL if none */
	uint32_t *local_base;	/* per function: object number of its local 0 */
	GArray *object;		/* struct object, by number */
	GArray *copy;		/* uint32_t: sites that copy memory */
	GArray *raw;		/* access_id: records that are written as if
				 * they were something else */
	GArray *raw_record;	/* fact_id: of which any may be written so */
	GHashTable *answer;	/* of questions (GBytes) to answers */
	uint32_t steps, depth;
};

/* A variable: of a function, or a global. */
struct object {
	fact_id function;
	uint32_t id;		/* local or global */
};

struct query {
	struct pointsto *w;
	const struct call_string *calls;
	struct answer *out;
	GHashTable *seen;	/* places that were followed */
	skip_store_fn *skip;
	void *context;
};

static void trace(struct query *q, fact_id function, uint32_t expr,
		  uint32_t level);
static void trace_place(struct query *q, access_id place);
static const struct answer *ask(struct pointsto *w, fact_id function,
				uint32_t expr,
				const struct call_string *calls);

static const struct fact_body *body_of(const struct pointsto *w,
				       fact_id function)
{
	return FACT_FUNCTION(w->in.f, function)->body;
}

static const struct call_site *site_get(const struct pointsto *w, uint32_t id)
{
	return &g_array_index(w->in.site, struct call_site, id);
}

static const struct fact_node *site_node(const struct pointsto *w, uint32_t id)
{
	const struct call_site *s = site_get(w, id);

	return &body_of(w, s->function)->node[s->node];
}

static void add_unique(GArray *array, uint32_t value)
{
	for (guint i = 0; i < array->len; i++)
		if (g_array_index(array, uint32_t, i) == value)
			return;
	g_array_append_val(array, value);
}

/* ---- answers ---- */

static struct answer *answer_new(void)
{
	struct answer *a = g_new0(struct answer, 1);

	a->address = g_array_new(FALSE, FALSE, sizeof(access_id));
	a->function = g_array_new(FALSE, FALSE, sizeof(fact_id));
	return a;
}

static void answer_free(void *data)
{
	struct answer *a = data;

	g_array_unref(a->address);
	g_array_unref(a->function);
	g_free(a);
}

static void answer_add(struct answer *to, const struct answer *from)
{
	to->is_any |= from->is_any;
	to->is_cut |= from->is_cut;
	for (guint i = 0; i < from->address->len; i++)
		add_unique(to->address,
			   g_array_index(from->address, access_id, i));
	for (guint i = 0; i < from->function->len; i++)
		add_unique(to->function,
			   g_array_index(from->function, fact_id, i));
}

static bool may_be_at(const struct pointsto *w, const struct answer *a,
		      access_id place)
{
	if (a->is_any)
		return true;
	for (guint i = 0; i < a->address->len; i++)
		if (access_may_alias(w->accesses,
				     g_array_index(a->address, access_id, i),
				     place))
			return true;
	return false;
}

/* Of what is used as an address, nothing is known: where it was set was not
 * seen. */
static bool is_nowhere(const struct answer *a)
{
	return !a->is_cut && a->address->len == 0;
}

/* Was this followed already?  What it gives is then on its way. */
static bool is_seen(struct query *q, uint64_t key)
{
	gint64 *copy;

	if (g_hash_table_contains(q->seen, &key))
		return true;
	copy = g_new(gint64, 1);
	*copy = (gint64)key;
	g_hash_table_add(q->seen, copy);
	return false;
}

/* ---- variables ---- */

static access_id place_of_local(struct pointsto *w, fact_id function,
				uint32_t local)
{
	return access_root(w->accesses, w->local_base[function] + local,
			   body_of(w, function)->local[local].type);
}

static void add_global(struct query *q, fact_id global)
{
	struct pointsto *w = q->w;
	const GArray *table = w->in.table[global];

	for (guint i = 0; table && i < table->len; i++)
		add_global(q, g_array_index(table, fact_id, i));
	if (!table)
		add_unique(q->out->address,
			   access_root(w->accesses, global,
				       FACT_GLOBAL(w->in.f, global)->type));
}

/* ---- calls ---- */

/* What callers pass as the parameter LOCAL. */
static void trace_argument(struct query *q, uint32_t site, uint32_t local,
			   uint32_t level)
{
	const struct fact_node *n = site_node(q->w, site);
	const struct fact_body *b = body_of(q->w,
					    site_get(q->w, site)->function);

	if ((n->flags & NODE_FROM_ASM) || local > n->extra_nr)
		q->out->is_any = true;
	else
		trace(q, site_get(q->w, site)->function,
		      b->extra[n->extra + local - 1], level);
}

static void trace_param(struct query *q, fact_id function, uint32_t local,
			uint32_t level)
{
	const GArray *callers = q->w->caller[function];

	if (level != NO_CALLS && level < q->calls->nr) {
		trace_argument(q, q->calls->site[level], local, level + 1);
		return;
	}
	if (level != NO_CALLS && q->calls->ends) {
		q->out->is_cut = true;
		return;
	}
	if (!callers || (FACT_FUNCTION(q->w->in.f, function)->flags &
			 FUNCTION_ASM_CALLED))
		q->out->is_any = true;
	for (guint i = 0; callers && i < callers->len && !q->out->is_any; i++)
		trace_argument(q, g_array_index(callers, uint32_t, i), local,
			       NO_CALLS);
}

static void trace_returns(struct query *q, fact_id function)
{
	const struct fact_body *b = body_of(q->w, function);

	if (!b)
		q->out->is_any = true;
	for (uint32_t i = 1; b && i < b->node_nr; i++)
		if (b->node[i].kind == NODE_RETURN && b->node[i].a)
			trace(q, function, b->node[i].a, NO_CALLS);
}

static uint32_t site_at(const struct pointsto *w, fact_id function,
			uint32_t node)
{
	uint32_t id = w->in.first_site[function];

	while (site_get(w, id)->node != node)
		id++;
	return id;
}

static void trace_result(struct query *q, fact_id function, uint32_t node)
{
	uint32_t site = site_at(q->w, function, node);
	const GArray *targets = q->w->in.target->pdata[site];
	enum target_reason reason = site_get(q->w, site)->reason;

	if (reason == TARGET_SIGNATURE || reason == TARGET_OUTSIDE)
		q->out->is_any = true;
	for (guint i = 0; i < targets->len; i++)
		trace_returns(q, g_array_index(targets, fact_id, i));
}

/* ---- locals ---- */

static void trace_definition(struct query *q, fact_id function,
			     uint32_t local, uint32_t node, uint32_t level)
{
	const struct fact_body *b = body_of(q->w, function);
	const struct fact_node *n = &b->node[node];

	if (n->kind == NODE_CALL)
		trace_result(q, function, node);
	else if (n->kind == NODE_ASSIGN && b->expr[n->a].op == EXPR_LOCAL &&
		 b->expr[n->a].a == local)
		trace(q, function, n->b, level);
	else
		q->out->is_any = true;
}

static void trace_local(struct query *q, fact_id function, uint32_t local,
			uint32_t level)
{
	const struct fact_local *l = &body_of(q->w, function)->local[local];
	uint32_t object = q->w->local_base[function] + local;
	enum type_kind kind = FACT_TYPE(q->w->in.f, l->type)->kind;
	const GArray *nodes;

	if ((l->flags & LOCAL_ADDRESS_TAKEN) || kind == TYPE_ARRAY ||
	    kind == TYPE_RECORD) {
		q->out->is_any = true;
		return;
	}
	if (is_seen(q, (uint64_t)object << 32 | (level + 1)))
		return;
	if (l->flags & LOCAL_PARAM)
		trace_param(q, function, local, level);
	nodes = writes_local(q->w->writes, function, local);
	for (guint i = 0; nodes && i < nodes->len && !q->out->is_any; i++)
		trace_definition(q, function, local,
				 g_array_index(nodes, uint32_t, i), level);
}

/* ---- members ---- */

static bool contradicts(const struct query *q, const struct node_ref *ref,
			const struct call_string *calls)
{
	return q->skip && q->skip(ref, calls, q->context);
}

/* The value that a store stores when called so. */
static void trace_stored(struct query *q, const struct node_ref *ref,
			 const struct call_string *calls)
{
	const struct fact_body *b = body_of(q->w, ref->function);
	struct call_string whole = *calls;

	if (contradicts(q, ref, calls))
		return;
	whole.ends = false;
	if (calls->nr)
		answer_add(q->out, ask(q->w, ref->function,
				       b->node[ref->node].b, &whole));
	else
		trace(q, ref->function, b->node[ref->node].b, NO_CALLS);
}

static void trace_store(struct query *q, const struct node_ref *ref,
			access_id place, const struct call_string *calls);

/* For each call of the outermost function of a string.  False: they are not
 * all known, or too many. */
static bool trace_store_by_calls(struct query *q, const struct node_ref *ref,
				 access_id place,
				 const struct call_string *calls)
{
	fact_id outer = calls->nr == 0 ? ref->function
		: site_get(q->w, calls->site[calls->nr - 1])->function;
	const GArray *callers = q->w->caller[outer];
	struct call_string longer = *calls;

	if (calls->nr == G_N_ELEMENTS(calls->site) || !callers ||
	    callers->len > CALLERS_MAX ||
	    (FACT_FUNCTION(q->w->in.f, outer)->flags & FUNCTION_ASM_CALLED))
		return false;
	longer.nr++;
	for (guint i = 0; i < callers->len && !q->out->is_any; i++) {
		longer.site[calls->nr] = g_array_index(callers, uint32_t, i);
		trace_store(q, ref, place, &longer);
	}
	return true;
}

static void trace_store(struct query *q, const struct node_ref *ref,
			access_id place, const struct call_string *calls)
{
	const struct fact_body *b = body_of(q->w, ref->function);
	uint32_t address = b->node[ref->node].a;
	struct call_string whole = *calls;
	const struct answer *at = ask(q->w, ref->function, address, calls);

	if (at->is_cut) {
		if (trace_store_by_calls(q, ref, place, calls))
			return;
		whole.ends = false;
		at = ask(q->w, ref->function, address, &whole);
	}
	if (!may_be_at(q->w, at, place))
		return;
	/* Whether to leave it out may depend on what callers pass. */
	if (q->skip && calls->ends &&
	    ask(q->w, ref->function, b->node[ref->node].b, calls)->is_cut &&
	    trace_store_by_calls(q, ref, place, calls))
		return;
	trace_stored(q, ref, calls);
}

/* PLACE with what is up to its part OUTER replaced by OTHER. */
static access_id moved(struct pointsto *w, access_id place, access_id outer,
		       access_id other)
{
	if (place == outer)
		return other;
	return access_member(w->accesses,
			     moved(w, access_parent(w->accesses, place), outer,
				   other),
			     access_field(w->accesses, place));
}

/* A record that holds PLACE, at OUTER, may have been copied from elsewhere. */
static void trace_copy(struct query *q, const struct node_ref *ref,
		       access_id place, access_id outer)
{
	static const struct call_string all = { .nr = 0 };
	const struct fact_node *n =
		&body_of(q->w, ref->function)->node[ref->node];
	const struct answer *to = ask(q->w, ref->function, n->a, &all);
	const struct answer *from;

	if (!may_be_at(q->w, to, outer))
		return;
	from = ask(q->w, ref->function, n->b, &all);
	if (from->is_any)
		trace_place(q, moved(q->w, place, outer, ACCESS_ANY));
	for (guint i = 0; i < from->address->len; i++)
		trace_place(q, moved(q->w, place, outer,
				     g_array_index(from->address, access_id,
						   i)));
}

static void trace_copies(struct query *q, access_id place)
{
	struct pointsto *w = q->w;

	for (access_id at = place; access_field(w->accesses, at);
	     at = access_parent(w->accesses, at)) {
		const struct fact_field *f = FACT_FIELD(
			w->in.f, access_field(w->accesses, at));
		const GArray *copies = w->writes->record[f->record];

		for (guint i = 0; copies && i < copies->len; i++)
			trace_copy(q,
				   &g_array_index(copies, struct node_ref, i),
				   place, access_parent(w->accesses, at));
	}
}

/* What the type of a pointer says that it points to; 0: nothing. */
static fact_id pointed_to(const struct pointsto *w, fact_id function,
			  uint32_t expr)
{
	const struct fact_body *b = body_of(w, function);
	const struct fact_expr *e = &b->expr[expr];
	fact_id type = 0;

	if (e->op != EXPR_LOAD)
		return 0;
	e = &b->expr[e->a];
	if (e->op == EXPR_LOCAL)
		type = b->local[e->a].type;
	else if (e->op == EXPR_FIELD)
		type = FACT_FIELD(w->in.f, e->b)->type;
	else if (e->op == EXPR_GLOBAL)
		type = FACT_GLOBAL(w->in.f, e->a)->type;
	return type ? FACT_TYPE(w->in.f, type)->target : 0;
}

/* Notes that memory is written through the pointer EXPR. */
static void note_raw(struct pointsto *w, fact_id function, uint32_t expr)
{
	static const struct call_string all = { .nr = 0 };
	const struct answer *at;
	fact_id type = pointed_to(w, function, expr);

	w->steps = STEPS_MAX;
	at = ask(w, function, expr, &all);
	if (at->is_any && type &&
	    FACT_TYPE(w->in.f, type)->kind == TYPE_RECORD)
		add_unique(w->raw_record, FACT_TYPE(w->in.f, type)->record);
	for (guint i = 0; i < at->address->len; i++) {
		access_id x = g_array_index(at->address, access_id, i);

		if (access_is_record(w->accesses, x))
			add_unique(w->raw, x);
	}
}

/* Copies of memory, and stores through a pointer that is not one to a record:
 * ((void **)ops)[i] = f. */
static void note_all_raw(struct pointsto *w)
{
	w->raw = g_array_new(FALSE, FALSE, sizeof(access_id));
	w->raw_record = g_array_new(FALSE, FALSE, sizeof(fact_id));
	for (guint i = 0; i < w->copy->len; i++) {
		uint32_t site = g_array_index(w->copy, uint32_t, i);
		fact_id function = site_get(w, site)->function;

		note_raw(w, function,
			 body_of(w, function)->extra[site_node(w, site)->extra]);
	}
	for (guint i = 0; i < w->writes->far->len; i++) {
		const struct node_ref *ref = &g_array_index(
			w->writes->far, struct node_ref, i);

		note_raw(w, ref->function,
			 body_of(w, ref->function)->node[ref->node].a);
	}
}

/* May PLACE have been written as a part of something else? */
static bool is_raw(struct pointsto *w, access_id place)
{
	fact_id record = FACT_FIELD(w->in.f,
				    access_field(w->accesses, place))->record;

	if (!w->raw)
		note_all_raw(w);
	for (guint i = 0; i < w->raw_record->len; i++)
		if (access_record_holds(w->accesses,
					g_array_index(w->raw_record, fact_id,
						      i), record))
			return true;
	for (guint i = 0; i < w->raw->len; i++)
		for (access_id outer = place; outer && outer != ACCESS_ANY;
		     outer = access_parent(w->accesses, outer))
			if (access_may_alias(w->accesses, outer,
					     g_array_index(w->raw, access_id,
							   i)))
				return true;
	return false;
}

/* A record that is passed or returned by value. */
static bool is_by_value(struct pointsto *w, uint32_t object)
{
	const struct object *o = &g_array_index(w->object, struct object,
						object);
	const struct fact_body *b;
	const GArray *nodes;

	if (object == 0 || !o->function)
		return false;
	b = body_of(w, o->function);
	nodes = writes_local(w->writes, o->function, o->id);
	for (guint i = 0; nodes && i < nodes->len; i++)
		if (b->node[g_array_index(nodes, uint32_t, i)].kind ==
		    NODE_CALL)
			return true;
	return (b->local[o->id].flags & LOCAL_PARAM) != 0;
}

static void trace_member(struct query *q, access_id place)
{
	static const struct call_string ends = { .ends = true };
	struct pointsto *w = q->w;
	fact_id field = w->writes->alias_of[access_field(w->accesses, place)];
	const GArray *stores = w->writes->field[field];

	if (w->writes->field_escapes[field] || is_raw(w, place) ||
	    is_by_value(w, access_object(w->accesses, place))) {
		q->out->is_any = true;
		return;
	}
	for (guint i = 0; stores && i < stores->len && !q->out->is_any; i++)
		trace_store(q, &g_array_index(stores, struct node_ref, i),
			    place, &ends);
	trace_copies(q, place);
}

static void trace_variable(struct query *q, fact_id global)
{
	const struct fact_global *g = FACT_GLOBAL(q->w->in.f, global);
	const GArray *stores = q->w->writes->global[global];

	if (!(g->flags & GLOBAL_DEFINED) ||
	    (!(g->flags & GLOBAL_CONST) &&
	     q->w->writes->global_escapes[global])) {
		q->out->is_any = true;
		return;
	}
	for (guint i = 0; stores && i < stores->len && !q->out->is_any; i++) {
		const struct node_ref *ref =
			&g_array_index(stores, struct node_ref, i);

		trace(q, ref->function,
		      body_of(q->w, ref->function)->node[ref->node].b,
		      NO_CALLS);
	}
}

/* What is stored at PLACE. */
static void trace_place(struct query *q, access_id place)
{
	uint32_t object = access_object(q->w->accesses, place);

	if (place == ACCESS_ANY || q->out->is_any)
		q->out->is_any = true;
	else if (is_seen(q, place))
		return;
	else if (access_field(q->w->accesses, place))
		trace_member(q, place);
	else if (!g_array_index(q->w->object, struct object, object).function)
		trace_variable(q, object);
	else
		q->out->is_any = true;
}

/* ---- expressions ---- */

/* The calls that are left at a level. */
static struct call_string calls_left(const struct query *q, uint32_t level)
{
	struct call_string left = { .nr = 0 };

	if (level == NO_CALLS)
		return left;
	left.ends = q->calls->ends;
	for (uint32_t i = level; i < q->calls->nr; i++)
		left.site[left.nr++] = q->calls->site[i];
	return left;
}

static void trace_load(struct query *q, fact_id function, uint32_t address,
		       uint32_t level)
{
	struct call_string left = calls_left(q, level);
	const struct fact_expr *e = &body_of(q->w, function)->expr[address];
	const struct answer *at;

	if (e->op == EXPR_LOCAL) {
		trace_local(q, function, e->a, level);
		return;
	}
	at = ask(q->w, function, address, &left);
	q->out->is_any |= at->is_any || is_nowhere(at);
	q->out->is_cut |= at->is_cut;
	for (guint i = 0; i < at->address->len; i++)
		trace_place(q, g_array_index(at->address, access_id, i));
}

static void trace_field(struct query *q, fact_id function, uint32_t expr,
			uint32_t level)
{
	const struct fact_expr *e = &body_of(q->w, function)->expr[expr];
	struct call_string left = calls_left(q, level);
	struct accesses *accesses = q->w->accesses;
	const struct answer *base = ask(q->w, function, e->a, &left);

	q->out->is_cut |= base->is_cut;
	if ((base->is_any || is_nowhere(base)) && e->imm)
		q->out->is_any = true;
	else if (base->is_any || is_nowhere(base))
		add_unique(q->out->address,
			   access_member(accesses, ACCESS_ANY, e->b));
	for (guint i = 0; i < base->address->len; i++) {
		access_id x = g_array_index(base->address, access_id, i);

		x = e->imm ? access_container(accesses, x, e->b)
			   : access_member(accesses, x, e->b);
		if (x == ACCESS_ANY)
			q->out->is_any = true;
		else
			add_unique(q->out->address, x);
	}
}

static void trace(struct query *q, fact_id function, uint32_t expr,
		  uint32_t level)
{
	const struct fact_expr *e = &body_of(q->w, function)->expr[expr];

	if (q->w->steps == 0) {
		q->out->is_any = true;
		return;
	}
	q->w->steps--;
	switch (e->op) {
	case EXPR_CONST:
		q->out->is_any |= e->imm != 0;
		break;
	case EXPR_STRING:
		break;
	case EXPR_FUNCTION:
		add_unique(q->out->function, e->a);
		break;
	case EXPR_LOCAL:
		add_unique(q->out->address,
			   place_of_local(q->w, function, e->a));
		break;
	case EXPR_GLOBAL:
		add_global(q, e->a);
		break;
	case EXPR_FIELD:
		trace_field(q, function, expr, level);
		break;
	case EXPR_INDEX:
	case EXPR_CAST:
		trace(q, function, e->a, level);
		break;
	case EXPR_LOAD:
		trace_load(q, function, e->a, level);
		break;
	default:
		q->out->is_any = true;
		break;
	}
}

/* ---- questions ---- */

static GBytes *question(fact_id function, uint32_t expr,
			const struct call_string *calls)
{
	uint32_t key[7] = { function, expr, calls->nr, calls->ends };

	for (uint32_t i = 0; i < calls->nr; i++)
		key[4 + i] = calls->site[i];
	return g_bytes_new(key, sizeof(key));
}

static void run(struct query *q, fact_id function, uint32_t expr)
{
	q->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					NULL);
	q->w->depth++;
	if (q->w->depth > DEPTH_MAX)
		q->out->is_any = true;
	else
		trace(q, function, expr,
		      q->calls->nr || q->calls->ends ? 0 : NO_CALLS);
	q->w->depth--;
	q->out->is_done = true;
	g_hash_table_unref(q->seen);
}

/* The answer, which is kept.  A question that asks for itself gets "any". */
static const struct answer *ask(struct pointsto *w, fact_id function,
				uint32_t expr, const struct call_string *calls)
{
	GBytes *key = question(function, expr, calls);
	struct answer *a = g_hash_table_lookup(w->answer, key);
	struct query q = { .w = w, .calls = calls };

	if (a) {
		g_bytes_unref(key);
		if (!a->is_done)
			a->is_any = true;
		return a;
	}
	a = answer_new();
	g_hash_table_insert(w->answer, key, a);
	q.out = a;
	run(&q, function, expr);
	return a;
}

bool pointsto_functions(struct pointsto *w, fact_id function, uint32_t expr,
			skip_store_fn *skip, void *context, GArray *out)
{
	static const struct call_string all = { .nr = 0 };
	struct answer *a = answer_new();
	struct query q = { .w = w, .calls = &all, .out = a, .skip = skip,
			   .context = context };
	bool known;

	w->steps = STEPS_MAX;
	run(&q, function, expr);
	known = !a->is_any;
	g_array_append_vals(out, a->function->data, a->function->len);
	answer_free(a);
	return known;
}

/* ---- constants ---- */

static bool constant(struct pointsto *w, fact_id function, uint32_t expr,
		     const struct call_string *calls, uint32_t level,
		     int64_t *value)
{
	const struct fact_body *b = body_of(w, function);
	const struct fact_expr *e = &b->expr[expr];
	const struct fact_node *n;
	uint32_t local;

	while (e->op == EXPR_CAST)
		e = &b->expr[e->a];
	*value = e->imm;
	if (e->op == EXPR_CONST)
		return true;
	if (e->op != EXPR_LOAD || b->expr[e->a].op != EXPR_LOCAL)
		return false;
	local = b->expr[e->a].a;
	if (!(b->local[local].flags & LOCAL_PARAM) ||
	    (b->local[local].flags & LOCAL_ADDRESS_TAKEN) ||
	    writes_local(w->writes, function, local) || level >= calls->nr)
		return false;
	n = site_node(w, calls->site[level]);
	function = site_get(w, calls->site[level])->function;
	return !(n->flags & NODE_FROM_ASM) && local <= n->extra_nr &&
	       constant(w, function,
			body_of(w, function)->extra[n->extra + local - 1],
			calls, level + 1, value);
}

bool pointsto_constant(struct pointsto *w, fact_id function, uint32_t expr,
		       const struct call_string *calls, int64_t *value)
{
	return constant(w, function, expr, calls, 0, value);
}

struct writes *pointsto_writes(const struct pointsto *w)
{
	return w->writes;
}

/* ---- making ---- */

static void number_objects(struct pointsto *w)
{
	const struct facts *f = w->in.f;

	for (fact_id id = 0; id < f->global->len; id++) {
		struct object o = { 0, id };

		g_array_append_val(w->object, o);
	}
	for (fact_id id = 1; id < f->function->len; id++) {
		uint32_t nr = body_of(w, id) ? body_of(w, id)->local_nr : 0;

		w->local_base[id] = w->object->len;
		for (uint32_t i = 0; i < nr; i++) {
			struct object o = { id, i };

			g_array_append_val(w->object, o);
		}
	}
}

static void note_call(struct pointsto *w, uint32_t site, fact_id target)
{
	if (!w->caller[target])
		w->caller[target] = g_array_new(FALSE, FALSE,
						sizeof(uint32_t));
	g_array_append_val(w->caller[target], site);
	if (w->in.copies[target] && site_node(w, site)->extra_nr >= 2)
		add_unique(w->copy, site);
}

static void note_calls(struct pointsto *w)
{
	for (uint32_t i = 0; i < w->in.site->len; i++) {
		const GArray *targets = w->in.target->pdata[i];

		for (guint k = 0; k < targets->len; k++)
			note_call(w, i, g_array_index(targets, fact_id, k));
	}
}

struct pointsto *pointsto_new(const struct pointsto_input *in)
{
	struct pointsto *w = g_new0(struct pointsto, 1);

	w->in = *in;
	w->accesses = accesses_new(in->f);
	w->writes = writes_new(in->f);
	w->caller = g_new0(GArray *, in->f->function->len);
	w->local_base = g_new0(uint32_t, in->f->function->len);
	w->object = g_array_new(FALSE, FALSE, sizeof(struct object));
	w->copy = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	w->answer = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					  (GDestroyNotify)g_bytes_unref,
					  answer_free);
	number_objects(w);
	note_calls(w);
	return w;
}

void pointsto_free(struct pointsto *w)
{
	for (fact_id id = 0; id < w->in.f->function->len; id++)
		if (w->caller[id])
			g_array_unref(w->caller[id]);
	g_free(w->caller);
	g_free(w->local_base);
	g_array_unref(w->object);
	g_array_unref(w->copy);
	if (w->raw) {
		g_array_unref(w->raw);
		g_array_unref(w->raw_record);
	}
	g_hash_table_unref(w->answer);
	writes_free(w->writes);
	accesses_free(w->accesses);
	g_free(w);
}
