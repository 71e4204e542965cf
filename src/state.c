/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * States.  Bindings are sorted arrays: states are small, and are copied more
 * often than they are searched.
 *
 * Approximation: members that point to records (v->domain, d->arch.p2m) keep
 * their value while code that is not explored runs; a table that is replaced
 * there meanwhile is not seen.
 */
#include "state_int.h"

#include "mutant.h"
#include "program.h"

/* So many are kept for reuse, unless they are larger than most. */
enum { POOL_MAX = 4096, POOLED_BINDINGS_MAX = 128 };

struct state_pool {
	guint guard_max;
	struct asks *asks;	/* or NULL */
	GPtrArray *unused;	/* struct state *, whose arrays are empty; what
				 * else is in it means nothing */
};

static void state_destroy(void *data)
{
	struct state *s = data;

	g_array_unref(s->memory);
	g_array_unref(s->fact);
	g_array_unref(s->guard);
	g_array_unref(s->held);
	g_free(s->written);
	g_free(s);
}

struct state_pool *state_pool_new(void)
{
	struct state_pool *pool = g_new0(struct state_pool, 1);

	pool->guard_max = STATE_GUARD_MAX;
	pool->unused = g_ptr_array_new_with_free_func(state_destroy);
	return pool;
}

void state_pool_free(struct state_pool *pool)
{
	g_ptr_array_unref(pool->unused);
	g_free(pool);
}

void state_pool_set_asks(struct state_pool *pool, struct asks *asks)
{
	pool->asks = asks;
}

struct asks *state_pool_asks(const struct state_pool *pool)
{
	return pool->asks;
}

void state_pool_set_guard_max(struct state_pool *pool, unsigned max)
{
	pool->guard_max = max;
}

unsigned state_guard_max(const struct state *s)
{
	return s->pool->guard_max;
}

bool state_guard_is_full(const struct state *s)
{
	return s->guard->len >= state_guard_max(s);
}

struct state *state_new(const struct program *p, struct state_pool *pool)
{
	struct state *s = g_new0(struct state, 1);

	s->program = p;
	s->pool = pool;
	s->memory = g_array_new(FALSE, FALSE, sizeof(struct binding));
	s->fact = g_array_new(FALSE, FALSE, sizeof(struct binding));
	s->guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	s->held = g_array_new(FALSE, TRUE, sizeof(struct held));
	return s;
}

size_t state_written_size(const struct state *s)
{
	return sizeof(uint64_t) * s->program->track_words;
}

/* A state with empty arrays, of the pool if that has one. */
static struct state *take_unused(const struct state *like)
{
	GPtrArray *unused = like->pool->unused;

	if (!unused->len)
		return state_new(like->program, like->pool);
	return g_ptr_array_steal_index_fast(unused, unused->len - 1);
}

static GArray *fill(GArray *empty, const GArray *from)
{
	if (from->len)
		g_array_append_vals(empty, from->data, from->len);
	return empty;
}

struct state *state_copy(const struct state *s)
{
	struct state *copy = take_unused(s), own = *copy;

	*copy = *s;
	copy->memory = fill(own.memory, s->memory);
	copy->fact = fill(own.fact, s->fact);
	copy->guard = fill(own.guard, s->guard);
	copy->held = fill(own.held, s->held);
	if (s->written)
		copy->written = g_memdup2(s->written, state_written_size(s));
	return copy;
}

void state_free(struct state *s)
{
	if (!s)
		return;
	if (s->pool->unused->len >= POOL_MAX ||
	    s->memory->len + s->fact->len > POOLED_BINDINGS_MAX) {
		state_destroy(s);
		return;
	}
	g_array_set_size(s->memory, 0);
	g_array_set_size(s->fact, 0);
	g_array_set_size(s->guard, 0);
	g_array_set_size(s->held, 0);
	g_clear_pointer(&s->written, g_free);
	g_ptr_array_add(s->pool->unused, s);
}

guint bindings_place(const GArray *b, term_id key)
{
	guint low = 0, high = b->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(b, struct binding, middle).key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct binding *bindings_find(const GArray *b, term_id key)
{
	guint i = bindings_place(b, key);
	const struct binding *found;

	if (i >= b->len)
		return NULL;
	found = &g_array_index(b, struct binding, i);
	return found->key == key ? found : NULL;
}

void bindings_set(GArray *b, term_id key, term_id value)
{
	guint i = bindings_place(b, key);
	struct binding new = { .key = key, .value = value };

	if (i < b->len && g_array_index(b, struct binding, i).key == key)
		g_array_index(b, struct binding, i).value = value;
	else
		g_array_insert_val(b, i, new);
}

term_id state_memory(const struct state *s, term_id address)
{
	const struct binding *b = bindings_find(s->memory, address);

	return b ? b->value : 0;
}

uint32_t state_member_at(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_FIELD ? x->b : 0;
}

term_id state_root_of(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		address = x->a;
		x = term_get(t, address);
	}
	return address;
}

void bindings_filter(GArray *bindings, keep_fn *keep, void *context)
{
	guint to = 0;

	for (guint i = 0; i < bindings->len; i++) {
		struct binding b = g_array_index(bindings, struct binding, i);

		if (keep(context, &b))
			g_array_index(bindings, struct binding, to++) = b;
	}
	g_array_set_size(bindings, to);
}

struct below {
	const struct terms *t;
	term_id address;
};

static bool is_below(const struct terms *t, term_id id, term_id address)
{
	const struct term *x = term_get(t, id);

	while (id != address &&
	       (x->op == TERM_FIELD || x->op == TERM_INDEX)) {
		id = x->a;
		x = term_get(t, id);
	}
	return id == address;
}

static bool keep_not_below(void *context, const struct binding *b)
{
	const struct below *w = context;

	return !is_below(w->t, b->key, w->address);
}

void state_forget(struct terms *t, struct state *s, term_id address)
{
	struct below w = { .t = t, .address = address };

	bindings_filter(s->memory, keep_not_below, &w);
}

struct stale {
	const struct program *p;
	struct terms *t;
	const struct state *s;
	term_id address;
	uint32_t field;
};

static bool loads_global(const struct terms *t, term_id id, uint32_t global)
{
	const struct term *x = term_get(t, id);

	if (!(x->flags & TERM_HAS_LOAD))
		return false;
	switch (x->op) {
	case TERM_LOAD: {
		const struct term *root = term_get(t, state_root_of(t, x->a));

		return (root->op == TERM_GLOBAL && root->a == global) ||
		       loads_global(t, x->a, global);
	}
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return loads_global(t, x->a, global);
	default:
		return loads_global(t, x->a, global) ||
		       loads_global(t, x->b, global);
	}
}

static bool mentions(const struct stale *w, term_id id)
{
	const struct term *root;

	if (w->field)
		return term_loads_field(w->t, id, w->field);
	root = term_get(w->t, state_root_of(w->t, w->address));
	return root->op == TERM_GLOBAL && loads_global(w->t, id, root->a);
}

/* Facts about what was read from where a store may have hit. */
static bool keep_fact_on_store(void *context, const struct binding *b)
{
	return !mentions(context, b->key);
}

static bool keep_memory_on_store(void *context, const struct binding *b)
{
	struct stale *w = context;

	if (is_below(w->t, b->key, w->address))
		return false;
	if (w->field && state_member_at(w->t, b->key) == w->field)
		return state_same(w->p, w->t, w->s, b->key, w->address) ==
		       TRI_NO;
	return true;
}

/* Values loaded earlier from the place are no longer what lies there. */
static void detach_values(struct stale *w, struct state *s)
{
	for (guint i = 0; i < s->memory->len; i++) {
		struct binding *b =
			&g_array_index(s->memory, struct binding, i);

		if (b->value && mentions(w, b->value))
			b->value = term_unknown(w->t);
	}
}

/* MEMBER: a field, or the number of fields plus that of a global. */
static void mark_written(const struct program *p, struct state *s,
			 uint32_t member)
{
	uint32_t i = member ? p->track_index[member] : 0;

	if (!i)
		return;
	if (!s->written)
		s->written = g_malloc0(state_written_size(s));
	bit_set(s->written, i - 1);
}

void state_store(const struct program *p, struct terms *t, struct state *s,
		 term_id address, term_id value)
{
	const struct term *root = term_get(t, state_root_of(t, address));
	struct stale w = { .p = p, .t = t, .s = s, .address = address };

	if (root->op == TERM_LOCAL) {
		if (!term_is_stable(t, address)) {
			state_forget(t, s, state_root_of(t, address));
			return;
		}
		state_forget(t, s, address);
		bindings_set(s->memory, address, value);
		return;
	}
	w.field = state_member_at(t, address);
	mark_written(p, s, w.field ? w.field
				   : root->op == TERM_GLOBAL
					     ? p->f->field->len + root->a
					     : 0);
	bindings_filter(s->memory, keep_memory_on_store, &w);
	bindings_filter(s->fact, keep_fact_on_store, &w);
	detach_values(&w, s);
	if (term_is_stable(t, address) && !mentions(&w, value) &&
	    !mentions(&w, address))
		bindings_set(s->memory, address, value);
}

struct unlocked {
	const struct program *p;
	const struct terms *t;
	term_id record;
};

static bool keep_unprotected(void *context, const struct binding *b)
{
	const struct unlocked *w = context;
	uint32_t field = state_member_at(w->t, b->key);

	return !field || w->p->stable_field[field] ||
	       !is_below(w->t, b->key, w->record);
}

void state_forget_protected(const struct program *p, const struct terms *t,
			    struct state *s, term_id lock)
{
	const struct term *x = term_get(t, lock);
	struct unlocked w = { .p = p, .t = t, .record = x->a };

	if (x->op == TERM_FIELD &&
	    term_get(t, state_root_of(t, lock))->op != TERM_LOCAL)
		bindings_filter(s->memory, keep_unprotected, &w);
}

struct havoc {
	const struct program *p;
	struct terms *t;
	const uint64_t *writes;
	uint32_t node;
};

static bool field_is_written(const struct havoc *w, uint32_t field)
{
	uint32_t i = w->p->track_index[field];

	return i && bit_is_set(w->writes, i - 1) &&
	       bit_is_set(w->p->changing, field);
}

static bool loads_written(const struct havoc *w, term_id id)
{
	const struct term *x = term_get(w->t, id);
	uint32_t field;

	if (!(x->flags & TERM_HAS_LOAD))
		return false;
	switch (x->op) {
	case TERM_LOAD:
		field = state_member_at(w->t, x->a);
		return (field && field_is_written(w, field)) ||
		       loads_written(w, x->a);
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return loads_written(w, x->a);
	default:
		return loads_written(w, x->a) || loads_written(w, x->b);
	}
}

static bool keep_fact_on_havoc(void *context, const struct binding *b)
{
	return MUTANT(6, true, !loads_written(context, b->key));
}

static bool keep_memory_on_havoc(void *context, const struct binding *b)
{
	const struct havoc *w = context;
	uint32_t field = state_member_at(w->t, b->key);

	if (term_get(w->t, state_root_of(w->t, b->key))->op == TERM_LOCAL)
		return true;
	return !(field && field_is_written(w, field));
}

static term_id same_leaf(void *context, term_id leaf)
{
	(void)context;
	return leaf;
}

/* A number that was loaded from what is written now: some value, made here. */
static term_id name_index(void *context, term_id id)
{
	const struct havoc *w = context;
	const struct term *x = term_get(w->t, id);
	uint32_t field;

	if (x->op != TERM_LOAD)
		return 0;
	field = state_member_at(w->t, x->a);
	if (!field || !field_is_written(w, field))
		return 0;
	return term_leaf(w->t, TERM_FRESH, w->node, id, 0);
}

/* Is it a pointer to a domain, a vCPU or a table that lies at ADDRESS? */
static bool is_object_at(const struct havoc *w, term_id address)
{
	uint32_t field = state_member_at(w->t, address);

	return field &&
	       program_is_object(w->p, FACT_FIELD(w->p->f, field)->type);
}

/*
 * A value from before the call.  A table that was found by an index keeps its
 * place among the tables, and what was found through a pointer that has been
 * written since stays what it is; everything else is any value.
 */
static term_id detach(struct havoc *w, term_id value)
{
	const struct term *x = term_get(w->t, value);
	struct term address;

	if (x->op != TERM_LOAD)
		return term_unknown(w->t);
	address = *term_get(w->t, x->a);
	if (!is_object_at(w, x->a) &&
	    (address.op != TERM_INDEX || loads_written(w, address.a)))
		return term_unknown(w->t);
	return term_map(w->t, value, same_leaf, name_index, w);
}

static term_id named_before(struct havoc *w, term_id id)
{
	if (!id || !w->writes || !loads_written(w, id))
		return id;
	return term_map(w->t, id, same_leaf, name_index, w);
}

void state_havoc(const struct program *p, struct terms *t, struct state *s,
		 const uint64_t *writes, uint32_t node)
{
	struct havoc w = { .p = p, .t = t, .writes = writes, .node = node };

	if (!writes)
		return;
	if (!s->written)
		s->written = g_malloc0(state_written_size(s));
	for (uint32_t i = 0; i < p->track_words; i++)
		s->written[i] |= writes[i];
	bindings_filter(s->fact, keep_fact_on_havoc, &w);
	bindings_filter(s->memory, keep_memory_on_havoc, &w);
	for (guint i = 0; i < s->memory->len; i++) {
		struct binding *b =
			&g_array_index(s->memory, struct binding, i);

		if (loads_written(&w, b->value))
			b->value = detach(&w, b->value);
	}
	/* The lock that is held stays the one found by the index before. */
	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = &g_array_index(s->held, struct held, i);

		h->object = named_before(&w, h->object);
		h->owner = named_before(&w, h->owner);
	}
}
