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
 * Approximations that could hide a target: those of access.c; assembly that is
 * not read calls no function that C code calls, too, with other objects of the
 * tree's variables; what is copied as bytes between objects whose types are not
 * known holds no pointers; nobody stores through a pointer to the elements of a
 * constant or of a table that the linker makes.
 */
#include "pointsto_int.h"

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

void answer_add(struct answer *to, const struct answer *from)
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

/* Of what is used as an address, nothing is known: where it was set was not
 * seen. */
static bool is_nowhere(const struct answer *a)
{
	return !a->is_cut && a->address->len == 0;
}

bool pointsto_is_seen(struct query *q, uint64_t key)
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
		pointsto_trace(q, site_get(q->w, site)->function,
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
			pointsto_trace(q, function, b->node[i].a, NO_CALLS);
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
		pointsto_trace(q, function, n->b, level);
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
	if (pointsto_is_seen(q, (uint64_t)object << 32 | (level + 1)))
		return;
	if (l->flags & LOCAL_PARAM)
		trace_param(q, function, local, level);
	nodes = writes_local(q->w->writes, function, local);
	for (guint i = 0; nodes && i < nodes->len && !q->out->is_any; i++)
		trace_definition(q, function, local,
				 g_array_index(nodes, uint32_t, i), level);
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
	at = pointsto_ask(q->w, function, address, &left);
	q->out->is_any |= at->is_any || is_nowhere(at);
	q->out->is_cut |= at->is_cut;
	for (guint i = 0; i < at->address->len; i++)
		pointsto_trace_place(q, g_array_index(at->address, access_id, i));
}

static void trace_field(struct query *q, fact_id function, uint32_t expr,
			uint32_t level)
{
	const struct fact_expr *e = &body_of(q->w, function)->expr[expr];
	struct call_string left = calls_left(q, level);
	struct accesses *accesses = q->w->accesses;
	const struct answer *base = pointsto_ask(q->w, function, e->a, &left);

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

void pointsto_trace(struct query *q, fact_id function, uint32_t expr,
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
		pointsto_trace(q, function, e->a, level);
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
		pointsto_trace(q, function, expr,
		      q->calls->nr || q->calls->ends ? 0 : NO_CALLS);
	q->w->depth--;
	q->out->is_done = true;
	g_hash_table_unref(q->seen);
}

const struct answer *pointsto_ask(struct pointsto *w, fact_id function,
				  uint32_t expr,
				  const struct call_string *calls)
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
