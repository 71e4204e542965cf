/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * States.  Bindings are sorted arrays: states are small, and are copied more
 * often than they are searched.
 *
 * Approximation: members that point to records (v->domain, d->arch.p2m) keep
 * their value while code that is not explored runs; a table that is replaced
 * there meanwhile is not seen.
 */
#include "state.h"

#include <string.h>

#include "mutant.h"
#include "origin.h"
#include "program.h"

/* So many are kept for reuse, unless they are larger than most. */
enum { POOL_MAX = 4096, POOLED_BINDINGS_MAX = 128 };

struct state_pool {
	guint guard_max;
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

void state_pool_set_guard_max(struct state_pool *pool, unsigned max)
{
	pool->guard_max = max;
}

bool state_guard_is_full(const struct state *s)
{
	return s->guard->len >= s->pool->guard_max;
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

static size_t written_size(const struct state *s)
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
		copy->written = g_memdup2(s->written, written_size(s));
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

/* The first binding whose key is not below KEY. */
static guint bindings_place(const GArray *b, term_id key)
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

/* The member whose value lies at ADDRESS; 0 if it is no member's. */
static uint32_t field_at(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_FIELD ? x->b : 0;
}

/* What an address is inside of, members and elements stripped. */
static term_id root_of(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		address = x->a;
		x = term_get(t, address);
	}
	return address;
}

typedef bool keep_fn(void *context, const struct binding *b);

static void bindings_filter(GArray *bindings, keep_fn *keep, void *context)
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
		const struct term *root = term_get(t, root_of(t, x->a));

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
	root = term_get(w->t, root_of(w->t, w->address));
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
	if (w->field && field_at(w->t, b->key) == w->field)
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
		s->written = g_malloc0(written_size(s));
	bit_set(s->written, i - 1);
}

void state_store(const struct program *p, struct terms *t, struct state *s,
		 term_id address, term_id value)
{
	const struct term *root = term_get(t, root_of(t, address));
	struct stale w = { .p = p, .t = t, .s = s, .address = address };

	if (root->op == TERM_LOCAL) {
		if (!term_is_stable(t, address)) {
			state_forget(t, s, root_of(t, address));
			return;
		}
		state_forget(t, s, address);
		bindings_set(s->memory, address, value);
		return;
	}
	w.field = field_at(t, address);
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
	uint32_t field = field_at(w->t, b->key);

	return !field || w->p->stable_field[field] ||
	       !is_below(w->t, b->key, w->record);
}

void state_forget_protected(const struct program *p, const struct terms *t,
			    struct state *s, term_id lock)
{
	const struct term *x = term_get(t, lock);
	struct unlocked w = { .p = p, .t = t, .record = x->a };

	if (x->op == TERM_FIELD && term_get(t, root_of(t, lock))->op !=
					   TERM_LOCAL)
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
		field = field_at(w->t, x->a);
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
	uint32_t field = field_at(w->t, b->key);

	if (term_get(w->t, root_of(w->t, b->key))->op == TERM_LOCAL)
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
	field = field_at(w->t, x->a);
	if (!field || !field_is_written(w, field))
		return 0;
	return term_leaf(w->t, TERM_FRESH, w->node, id, 0);
}

/*
 * A value from before the call.  A table that was found by an index keeps its
 * place among the tables; everything else is any value.
 */
static term_id detach(struct havoc *w, term_id value)
{
	const struct term *x = term_get(w->t, value);
	struct term address;

	if (x->op != TERM_LOAD)
		return term_unknown(w->t);
	address = *term_get(w->t, x->a);
	if (address.op != TERM_INDEX || loads_written(w, address.a))
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
		s->written = g_malloc0(written_size(s));
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

term_id state_resolve(const struct terms *t, const struct state *s,
		      term_id value)
{
	const struct binding *b;

	if (!value || !term_is_stable(t, value))
		return value;
	b = bindings_find(s->fact, value);
	return b && b->value ? b->value : value;
}

/* Members that always point to something: the model's owners, and others. */
static bool is_owner_load(const struct program *p, const struct terms *t,
			  term_id value)
{
	const struct term *x = term_get(t, value);

	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	if (x->op != TERM_FIELD)
		return false;
	if (x->b == p->domain_field || p->nonnull_field[x->b])
		return true;
	for (guint i = 0; i < p->owner->len; i++)
		if (g_array_index(p->owner, struct owner_rule, i).field ==
		    x->b)
			return true;
	return false;
}

static bool is_not_zero(const struct terms *t, const struct state *s,
			term_id value)
{
	const struct binding *b;
	int64_t imm;

	if (term_is_address(t, value))
		return true;
	if (s->program && is_owner_load(s->program, t, value))
		return true;
	if (term_is_const(t, value, &imm))
		return imm != 0;
	b = bindings_find(s->fact, value);
	if (!b)
		return false;
	return !b->value || (term_is_const(t, b->value, &imm) && imm != 0);
}

/* x == y, where facts may be known of x and y. */
static enum tristate equal_truth(const struct terms *t, const struct state *s,
				 const struct term *x)
{
	term_id a = state_resolve(t, s, x->a), b = state_resolve(t, s, x->b);
	int64_t ca, cb;

	if (term_is_const(t, a, &ca) && term_is_const(t, b, &cb))
		return ca == cb ? TRI_YES : TRI_NO;
	if (term_is_fixed(t, a) && term_is_fixed(t, b))
		return a == b ? TRI_YES : TRI_NO;
	if (term_is_const(t, b, &cb) && cb == 0) {
		const struct term *inner = term_get(t, a);

		if (is_not_zero(t, s, a))
			return TRI_NO;
		if (inner->op == TERM_BINARY && inner->imm == EXPR_EQ) {
			enum tristate in = state_truth(t, s, a);

			return in == TRI_UNKNOWN ? in
			       : in == TRI_YES	 ? TRI_NO
						 : TRI_YES;
		}
	}
	return TRI_UNKNOWN;
}

/* Bits of a value, where facts may say which value it is. */
static enum tristate bits_truth(const struct terms *t, const struct state *s,
				const struct term *x)
{
	int64_t value, mask;

	if (!term_is_const(t, state_resolve(t, s, x->a), &value) ||
	    !term_is_const(t, x->b, &mask))
		return TRI_UNKNOWN;
	return value & mask ? TRI_YES : TRI_NO;
}

enum tristate state_truth(const struct terms *t, const struct state *s,
			  term_id value)
{
	const struct term *x;
	int64_t imm;

	value = state_resolve(t, s, value);
	if (term_is_const(t, value, &imm))
		return imm ? TRI_YES : TRI_NO;
	x = term_get(t, value);
	if (!term_is_stable(t, value)) {
		if (x->op == TERM_BINARY && x->imm == EXPR_OR &&
		    term_is_const(t, x->b, &imm) && imm)
			return TRI_YES;
		return TRI_UNKNOWN;
	}
	if (is_not_zero(t, s, value))
		return TRI_YES;
	if (x->op == TERM_BINARY && x->imm == EXPR_EQ)
		return equal_truth(t, s, x);
	if (x->op == TERM_BINARY && x->imm == EXPR_AND)
		return bits_truth(t, s, x);
	return TRI_UNKNOWN;
}

/* Can KEY be VALUE, by what is known of its bits? */
static bool bits_allow(const struct terms *t, const struct state *s,
		       term_id key, int64_t value)
{
	int64_t mask, bits;

	for (guint i = 0; i < s->fact->len; i++) {
		const struct binding *b =
			&g_array_index(s->fact, struct binding, i);
		const struct term *x = term_get(t, b->key);

		if (x->op != TERM_BINARY || x->imm != EXPR_AND ||
		    x->a != key || !term_is_const(t, x->b, &mask))
			continue;
		if (!b->value ? (value & mask) == 0
			      : term_is_const(t, b->value, &bits) &&
					(value & mask) != bits)
			return false;
	}
	return true;
}

static bool assume_value(struct terms *t, struct state *s, term_id key,
			 term_id value)
{
	const struct term *x = term_get(t, key);
	int64_t have, want;

	if (term_is_const(t, key, &have))
		return !term_is_const(t, value, &want) || have == want;
	/* x | c == 0 says that x is 0 */
	if (x->op == TERM_BINARY && x->imm == EXPR_OR &&
	    term_is_const(t, value, &want) && want == 0) {
		term_id a = x->a;

		bindings_set(s->fact, key, value);
		return assume_value(t, s, a, value);
	}
	if (term_is_const(t, value, &want) && !bits_allow(t, s, key, want))
		return false;
	bindings_set(s->fact, key, value);
	return true;
}

static bool assume_equal(struct terms *t, struct state *s, term_id value,
			 bool truth)
{
	const struct term *x = term_get(t, value);
	term_id a = x->a, b = x->b;
	int64_t imm;

	if (truth && term_get(t, b)->op == TERM_FUNCTION)
		return assume_value(t, s, a, b);
	if (!term_is_const(t, b, &imm)) {
		bindings_set(s->fact, value, term_const(t, truth));
		if (truth && state_resolve(t, s, a) != a)
			return state_truth(t, s, b) != TRI_YES &&
			       assume_value(t, s, b, state_resolve(t, s, a));
		return true;
	}
	if (imm == 0 && term_get(t, a)->op == TERM_BINARY &&
	    term_get(t, a)->imm == EXPR_EQ)
		return state_assume(t, s, a, !truth);
	if (truth)
		return assume_value(t, s, a, b);
	if (imm == 0)
		bindings_set(s->fact, a, 0);
	else
		bindings_set(s->fact, value, term_const(t, 0));
	return true;
}

bool state_assume(struct terms *t, struct state *s, term_id value, bool truth)
{
	enum tristate now = state_truth(t, s, value);
	const struct term *x;

	if (now != TRI_UNKNOWN)
		return MUTANT(10, true, (now == TRI_YES) == truth);
	if (!term_is_stable(t, value))
		return true;
	x = term_get(t, value);
	if (x->op == TERM_BINARY && x->imm == EXPR_EQ)
		return assume_equal(t, s, value, truth);
	if (truth && (x->flags & TERM_IS_BOOL))
		bindings_set(s->fact, value, term_const(t, 1));
	else if (truth)
		bindings_set(s->fact, value, 0);
	else
		return assume_value(t, s, value, term_const(t, 0));
	return true;
}

static bool has_literal(const GArray *guard, uint32_t literal)
{
	guint low = 0, high = guard->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(guard, uint32_t, middle) < literal)
			low = middle + 1;
		else
			high = middle;
	}
	return low < guard->len &&
	       g_array_index(guard, uint32_t, low) == literal;
}

/* Deeper literals are left out of guards. */
enum { LITERAL_DEPTH_MAX = 10 };

/* May MEMBER, a field or a global behind them, have been written since? */
static bool may_be_written(const struct state *s, uint32_t member)
{
	uint32_t i = s->program->track_index[member];

	return i && s->written && bit_is_set(s->written, i - 1);
}

/* A member, of the current domain, that keeps its value: that domain stays the
 * current one, although somebody else's may have been written. */
static bool is_kept(const struct program *p, const struct terms *t,
		    term_id address)
{
	const struct term *x = term_get(t, address);

	if (x->op != TERM_FIELD || !p->stable_field[x->b])
		return false;
	while (x->op == TERM_FIELD)
		x = term_get(t, x->a);
	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	return x->op == TERM_FIELD && x->b == p->domain_field &&
	       term_get(t, x->a)->op == TERM_CURRENT;
}

bool state_is_of_entry(const struct terms *t, const struct state *s,
		       term_id id)
{
	const struct term *x = term_get(t, id);
	const struct program *p = s->program;
	uint32_t member = 0;

	if (x->flags & (TERM_HAS_UNKNOWN | TERM_HAS_LOCAL | TERM_HAS_FRESH |
			TERM_HAS_OLD))
		return false;
	if (!(x->flags & TERM_HAS_LOAD))
		return true;
	switch (x->op) {
	case TERM_LOAD:
		if (is_kept(p, t, x->a))
			return true;
		member = field_at(t, x->a);
		if (!member) {
			const struct term *root =
				term_get(t, root_of(t, x->a));

			if (root->op == TERM_GLOBAL)
				member = p->f->field->len + root->a;
		}
		if (member && may_be_written(s, member))
			return false;
		/* What a plain pointer leads to may be written by anybody. */
		return member && state_is_of_entry(t, s, x->a);
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return state_is_of_entry(t, s, x->a);
	default:
		return state_is_of_entry(t, s, x->a) && state_is_of_entry(t, s, x->b);
	}
}

/* A guard of MAX literals is full. */
static void add_literal(GArray *guard, uint32_t literal, guint max)
{
	guint i = guard->len;

	if (has_literal(guard, literal) || guard->len >= max)
		return;
	while (i > 0 && g_array_index(guard, uint32_t, i - 1) > literal)
		i--;
	g_array_insert_val(guard, i, literal);
}

/* Is it a number by which a guest may tell what it asks for? */
static bool is_selector(const struct program *p, fact_id field)
{
	const struct fact_field *f = FACT_FIELD(p->f, field);

	return p->request_record[f->record] &&
	       FACT_TYPE(p->f, f->type)->kind == TYPE_INT;
}

/* The member or variable whose value X is, an element of an array included. */
static fact_id member_type(const struct program *p, const struct terms *t,
			   const struct term *x)
{
	if (x->op != TERM_LOAD)
		return 0;
	x = term_get(t, x->a);
	while (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	if (x->op == TERM_GLOBAL)
		return FACT_GLOBAL(p->f, x->a)->type;
	if (x->op == TERM_FIELD && (program_is_object_field(p, x->b) ||
				    is_selector(p, x->b)))
		return FACT_FIELD(p->f, x->b)->type;
	return 0;
}

/* A path of members from a symbol, a variable or the current vCPU. */
static bool is_path(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	while (x->op == TERM_FIELD || x->op == TERM_LOAD ||
	       (x->op == TERM_INDEX && term_is_const(t, x->b, NULL)))
		x = term_get(t, x->a);
	return x->op == TERM_SYMBOL || x->op == TERM_GLOBAL ||
	       x->op == TERM_CURRENT;
}

/*
 * What guards are made of: arguments, modes and flags of domains, vCPUs and
 * tables, whose they are, what function pointers are, locks that are held.
 * Approximation: other conditions (sizes, frames but for their bits, what an
 * instruction is) do not go along from function to function, which adds ways.
 */
static bool is_telling(const struct program *p, const struct terms *t,
		       term_id value)
{
	const struct term *x = term_get(t, value);
	const struct term *b;
	bool masks;

	if (x->op == TERM_HELD)
		return true;
	if (x->op == TERM_SYMBOL)
		return x->b != 0;
	if (x->op == TERM_LOAD)
		return is_path(t, value) && member_type(p, t, x);
	if (x->op != TERM_BINARY || (x->imm != EXPR_EQ && x->imm != EXPR_AND))
		return false;
	b = term_get(t, x->b);
	if (b->op == TERM_FUNCTION)
		return is_path(t, x->a);
	if (b->op != TERM_CONST)
		return x->imm == EXPR_EQ && is_path(t, x->a) &&
		       is_path(t, x->b);
	masks = x->imm == EXPR_AND;
	x = term_get(t, x->a);
	return (x->op == TERM_SYMBOL && (x->b || masks)) ||
	       x->op == TERM_CURRENT ||
	       (is_path(t, term_get(t, value)->a) && member_type(p, t, x)) ||
	       (x->op == TERM_BINARY && x->imm == EXPR_AND &&
		is_telling(p, t, term_get(t, value)->a));
}

/* Does VALUE compare what tells the kind of a table? */
static bool tells_kind(const struct program *p, const struct terms *t,
		       term_id value)
{
	for (guint i = 0; i < p->instance->len; i++)
		if (term_loads_field(t, value,
				     g_array_index(p->instance,
						   struct instance_rule,
						   i).field))
			return true;
	return false;
}

term_id state_each_element(struct terms *t, term_id object)
{
	struct term x = *term_get(t, object);

	switch (x.op) {
	case TERM_FIELD:
		return term_field(t, state_each_element(t, x.a), x.b);
	case TERM_LOAD:
		return term_load(t, state_each_element(t, x.a));
	case TERM_INDEX:
		if (!(term_get(t, x.b)->flags &
		      (TERM_HAS_FRESH | TERM_HAS_OLD)))
			return object;
		return term_index(t, x.a, term_leaf(t, TERM_STRING,
						    STRING_EACH, 0, 0));
	default:
		return object;
	}
}

/* That callers hold some lock of OBJECT's member, of a record that has no
 * name for them. */
static term_id some_lock_held(struct terms *t, term_id object)
{
	struct term x = *term_get(t, object);

	if (x.op != TERM_FIELD)
		return term_const(t, 1);
	return term_held(t, term_field(t, term_leaf(t, TERM_STRING,
							STRING_RECORD, 0, 0),
				       x.b));
}

uint32_t state_literal(struct terms *t, const struct state *s, term_id value,
		       bool truth, bool asserted)
{
	const struct term *x = term_get(t, value);
	int64_t imm;

	/* (x == 0) is not x. */
	while (x->op == TERM_BINARY && x->imm == EXPR_EQ &&
	       term_is_const(t, x->b, &imm) && imm == 0) {
		value = x->a;
		truth = !truth;
		x = term_get(t, value);
	}
	if (asserted && x->op != TERM_HELD &&
	    !tells_kind(s->program, t, value))
		return 0;
	if (x->op == TERM_HELD) {
		value = term_held(t, state_each_element(t, x->a));
		x = term_get(t, value);
	}
	if (x->op == TERM_HELD && truth && !state_is_of_entry(t, s, value)) {
		value = some_lock_held(t, x->a);
		x = term_get(t, value);
	}
	if (x->op == TERM_CONST || x->depth > LITERAL_DEPTH_MAX ||
	    !is_telling(s->program, t, value) ||
	    !state_is_of_entry(t, s, value))
		return 0;
	return LITERAL(value, asserted, truth);
}

void state_add_literal(struct terms *t, const struct state *s, GArray *guard,
		       term_id value, bool truth, bool asserted)
{
	uint32_t literal = state_literal(t, s, value, truth, asserted);

	if (literal && !has_literal(guard, LITERAL_UNASSERTED(literal)))
		add_literal(guard, literal, s->pool->guard_max);
}

void state_guard(struct terms *t, struct state *s, term_id value, bool truth,
		 bool asserted)
{
	state_add_literal(t, s, s->guard, value, truth, asserted);
}

bool state_learn(struct terms *t, struct state *s, term_id value, bool truth,
		 bool asserted)
{
	if (state_truth(t, s, value) == TRI_UNKNOWN)
		state_guard(t, s, value, truth, asserted);
	return state_assume(t, s, value, truth);
}

/* H stands for several locks of one member: OBJECT may be another one of them. */
static bool may_be_another(const struct terms *t, const struct held *h,
			   term_id object)
{
	const struct term *x = term_get(t, h->object);
	const struct term *y = term_get(t, object);

	return h->many && !h->all && x->op == TERM_FIELD &&
	       y->op == TERM_FIELD && x->b == y->b;
}

static const struct held *find_same(const struct program *p, struct terms *t,
				    const struct state *s, term_id object,
				    bool *maybe)
{
	for (guint i = s->held->len; i > 0; i--) {
		const struct held *h = &g_array_index(s->held, struct held,
						      i - 1);
		enum tristate same;

		if (h->kind == LOCKKIND_READ || h->kind == LOCKKIND_SPIN)
			continue;
		same = state_same(p, t, s, h->object, object);
		if (may_be_another(t, h, object))
			same = TRI_UNKNOWN;
		if (same == TRI_YES ||
		    (h->all && state_same_array(t, h->object, object)))
			return h;
		*maybe |= same == TRI_UNKNOWN && h->count > 0;
	}
	return NULL;
}

static bool holds_any(const struct state *s)
{
	for (guint i = 0; i < s->held->len; i++)
		if (g_array_index(s->held, struct held, i).count > 0)
			return true;
	return false;
}

/*
 * Approximation: a lock that may be one that is held, but need not be, counts
 * as one of its own; the answer is then what the callers hold of it.
 */
term_id state_held(const struct program *p, struct terms *t,
		   const struct state *s, term_id object)
{
	bool maybe = false;
	const struct held *h;

	/* No lock, but a caller that must not be running: mapping.c. */
	if (term_get(t, object)->op == TERM_STRING)
		return term_held(t, object);
	if (term_is_const(t, object, NULL))
		return holds_any(s) ? term_const(t, 1)
				    : term_held(t, object);
	h = find_same(p, t, s, object, &maybe);
	if (h)
		return term_const(t, h->count > 0);
	if (maybe)
		return MUTANT(16, term_const(t, 0), term_unknown(t));
	return state_resolve(t, s, term_held(t, object));
}

static enum tristate same_pointer(const struct program *p, struct terms *t,
				  const struct state *s, term_id a, term_id b);

/* Members of the model's paths: what they point to is theirs alone. */
static bool is_owning_path(const struct program *p, uint32_t field)
{
	for (guint i = 0; field && i < p->invariant->len; i++) {
		const struct invariant *v =
			&g_array_index(p->invariant, struct invariant, i);

		if (v->is_owner && v->path == field)
			return true;
	}
	return false;
}

/* Two loaded pointers: the tables that different members own differ. */
static enum tristate same_loaded(const struct program *p, struct terms *t,
				 const struct state *s, term_id a, term_id b)
{
	uint32_t fa = field_at(t, a), fb = field_at(t, b);

	if (!is_owning_path(p, fa) || !is_owning_path(p, fb))
		return TRI_UNKNOWN;
	if (fa != fb)
		return TRI_NO;
	return state_same(p, t, s, a, b);
}

/* A table that is known by its class member to be of another kind. */
static enum tristate same_by_kind(const struct program *p, struct terms *t,
				  const struct state *s, term_id a, term_id b)
{
	for (guint i = 0; i < p->instance->len; i++) {
		uint32_t field = g_array_index(p->instance,
					       struct instance_rule, i).field;
		int64_t ka, kb;
		term_id va, vb;

		if (i && field == g_array_index(p->instance,
						struct instance_rule,
						i - 1).field)
			continue;
		va = value_of_member(p, t, s, a, field);
		vb = value_of_member(p, t, s, b, field);
		if (term_is_const(t, va, &ka) && term_is_const(t, vb, &kb) &&
		    ka != kb)
			return TRI_NO;
	}
	return TRI_UNKNOWN;
}

/*
 * Is LOADED, the value of the last member of some rule's path, the record
 * OTHER, whose member tells that it is the one of its owner?
 */
static enum tristate same_by_rule(const struct program *p, struct terms *t,
				  const struct state *s, term_id loaded,
				  term_id other)
{
	struct term x = *term_get(t, loaded);
	uint32_t path = x.op == TERM_LOAD ? field_at(t, x.a) : 0;

	for (guint i = 0; path && i < p->unique->len; i++) {
		const struct unique_rule *u =
			&g_array_index(p->unique, struct unique_rule, i);
		const struct owner_rule *owner = NULL;
		int64_t value;

		if (u->path != path ||
		    !term_is_const(t, value_of_member(p, t, s, other,
						      u->field), &value) ||
		    value != u->value)
			continue;
		for (guint k = 0; k < p->owner->len && !owner; k++) {
			owner = &g_array_index(p->owner, struct owner_rule, k);
			if (owner->record != FACT_FIELD(p->f,
							u->field)->record)
				owner = NULL;
		}
		if (!owner || !owner->field)
			continue;
		return state_same(p, t, s, root_of(t, x.a),
				  value_of_member(p, t, s, other,
						  owner->field));
	}
	return TRI_UNKNOWN;
}

static enum tristate same_pointer(const struct program *p, struct terms *t,
				  const struct state *s, term_id a, term_id b)
{
	term_id equal = term_binary(t, EXPR_EQ, a, b);
	enum tristate truth = state_truth(t, s, equal);
	const struct term *x = term_get(t, a), *y = term_get(t, b);
	uint8_t xop = x->op, yop = y->op;
	term_id xa = x->a, ya = y->a;

	if (truth != TRI_UNKNOWN)
		return truth;
	if (xop == TERM_LOAD && yop == TERM_LOAD) {
		truth = same_loaded(p, t, s, xa, ya);
		if (truth != TRI_UNKNOWN)
			return truth;
	}
	if (xop == TERM_GLOBAL && yop == TERM_GLOBAL)
		return TRI_NO;
	truth = same_by_kind(p, t, s, a, b);
	if (truth == TRI_UNKNOWN)
		truth = same_by_rule(p, t, s, a, b);
	if (truth == TRI_UNKNOWN)
		truth = same_by_rule(p, t, s, b, a);
	return truth;
}

static enum tristate same_element(const struct terms *t,
				  const struct term *x, const struct term *y)
{
	int64_t i, k;

	if (x->b == y->b && term_is_stable(t, x->b))
		return TRI_YES;
	if (term_is_const(t, x->b, &i) && term_is_const(t, y->b, &k))
		return i == k ? TRI_YES : TRI_NO;
	return TRI_UNKNOWN;
}

/* Is ELEMENT one of the array at ARRAY, which is where its first one lies? */
static bool is_later_element(const struct terms *t, const struct term *element,
			     term_id array)
{
	int64_t i;

	return element->op == TERM_INDEX && element->a == array &&
	       term_is_stable(t, array) &&
	       term_is_const(t, element->b, &i) && i != 0;
}

enum tristate state_same(const struct program *p, struct terms *t,
			 const struct state *s, term_id a, term_id b)
{
	struct term x = *term_get(t, a), y = *term_get(t, b);
	enum tristate base;

	if (a == b && term_is_stable(t, a))
		return TRI_YES;
	if (x.op == TERM_FIELD && y.op == TERM_FIELD) {
		if (x.b != y.b)
			return TRI_NO;
		return state_same(p, t, s, x.a, y.a);
	}
	if (x.op == TERM_INDEX && y.op == TERM_INDEX) {
		base = state_same(p, t, s, x.a, y.a);
		return base == TRI_YES ? same_element(t, &x, &y) : base;
	}
	if (is_later_element(t, &x, b) || is_later_element(t, &y, a))
		return TRI_NO;
	if (x.op == TERM_FIELD && (y.op == TERM_GLOBAL || y.op == TERM_LOCAL))
		return root_of(t, a) == b ? TRI_UNKNOWN : TRI_NO;
	if (y.op == TERM_FIELD && (x.op == TERM_GLOBAL || x.op == TERM_LOCAL))
		return root_of(t, b) == a ? TRI_UNKNOWN : TRI_NO;
	return same_pointer(p, t, s, a, b);
}

/* Is ID loaded from a member that owns what it points to? */
static bool is_owned(const struct program *p, const struct terms *t,
		     term_id id)
{
	const struct term *x = term_get(t, id);

	return x->op == TERM_LOAD && is_owning_path(p, field_at(t, x->a));
}

enum tristate state_condition(const struct program *p, struct terms *t,
			      const struct state *s, term_id value)
{
	enum tristate truth = state_truth(t, s, value);
	struct term x = *term_get(t, value);
	int64_t imm;

	if (truth != TRI_UNKNOWN || x.op != TERM_BINARY || x.imm != EXPR_EQ)
		return truth;
	if (term_is_const(t, x.b, &imm)) {
		if (imm)
			return truth;
		truth = state_condition(p, t, s, x.a);
		return truth == TRI_UNKNOWN ? truth
		       : truth == TRI_YES   ? TRI_NO
					    : TRI_YES;
	}
	if (!is_owned(p, t, x.a) && !is_owned(p, t, x.b))
		return truth;
	return state_same(p, t, s, x.a, x.b);
}

bool state_same_array(const struct terms *t, term_id a, term_id b)
{
	const struct term *x = term_get(t, a), *y = term_get(t, b);
	const struct term *i, *k;

	while (x->op == y->op && x->b == y->b &&
	       (x->op == TERM_FIELD || x->op == TERM_LOAD)) {
		x = term_get(t, x->a);
		y = term_get(t, y->a);
	}
	if (x->op != TERM_INDEX || y->op != TERM_INDEX || x->a != y->a)
		return false;
	i = term_get(t, x->b);
	k = term_get(t, y->b);
	return (i->op != TERM_FRESH && i->op != TERM_OLD) ||
	       (k->op != TERM_FRESH && k->op != TERM_OLD) || i->a != k->a;
}

enum tristate state_holds_write(const struct program *p, struct terms *t,
				const struct state *s, term_id object)
{
	enum tristate any = TRI_NO;

	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		enum tristate same;

		if (h->count <= 0 || h->kind != LOCKKIND_WRITE)
			continue;
		same = state_same(p, t, s, h->object, object);
		if ((!h->many && same == TRI_YES) ||
		    (h->all && state_same_array(t, h->object, object)))
			return TRI_YES;
		if (same != TRI_NO)
			any = TRI_UNKNOWN;
	}
	return any;
}

/* What is made again: all values of a node, or one of them. */
struct ager {
	struct terms *t;
	uint32_t node;
	term_id only;		/* 0: all */
};

static bool is_made_again(const struct ager *w, term_id leaf)
{
	const struct term *x = term_get(w->t, leaf);

	return x->op == TERM_FRESH && x->a == w->node &&
	       (w->only ? leaf == w->only : x->b < FRESH_LOCAL);
}

static term_id age_leaf(void *context, term_id leaf)
{
	struct ager *w = context;
	struct term x = *term_get(w->t, leaf);

	if (is_made_again(w, leaf))
		return term_leaf(w->t, TERM_OLD, x.a, x.b, x.imm);
	return leaf;
}

static bool contains_again(const struct ager *w, term_id id)
{
	const struct term *x = term_get(w->t, id);

	if (!(x->flags & TERM_HAS_FRESH))
		return false;
	switch (x->op) {
	case TERM_FRESH:
		return is_made_again(w, id);
	case TERM_FIELD:
	case TERM_LOAD:
	case TERM_HELD:
	case TERM_UNARY:
		return contains_again(w, x->a);
	default:
		return contains_again(w, x->a) || contains_again(w, x->b);
	}
}

static bool keep_not_again(void *context, const struct binding *b)
{
	const struct ager *w = context;

	return !contains_again(w, b->key);
}

static term_id aged(struct ager *w, term_id id)
{
	if (!id || !contains_again(w, id))
		return id;
	return term_map(w->t, id, age_leaf, NULL, w);
}

static void age_level(struct ager *w, struct level *l)
{
	if (l->class)
		l->owner = aged(w, l->owner);
}

static void age(struct ager *w, struct state *s)
{
	bindings_filter(s->memory, keep_not_again, w);
	bindings_filter(s->fact, keep_not_again, w);
	for (guint i = 0; i < s->memory->len; i++) {
		struct binding *b =
			&g_array_index(s->memory, struct binding, i);

		b->value = aged(w, b->value);
	}
	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = &g_array_index(s->held, struct held, i);

		/* Still held when the next element's turn comes. */
		if (h->each && contains_again(w, h->object))
			h->all = h->many = true;
		h->object = aged(w, h->object);
		h->owner = aged(w, h->owner);
		age_level(w, &h->saved);
		for (int k = 0; k < HELD_COUNT_MAX - 1; k++)
			age_level(w, &h->again[k]);
	}
	age_level(w, &s->level);
	s->checked.owner = aged(w, s->checked.owner);
}

void state_age(struct terms *t, struct state *s, uint32_t node)
{
	struct ager w = { .t = t, .node = node };

	age(&w, s);
}

void state_age_value(struct terms *t, struct state *s, term_id value)
{
	struct ager w = { .t = t, .node = term_get(t, value)->a,
			  .only = value };

	age(&w, s);
}

uint32_t state_lock_hash(const struct state *s)
{
	uint32_t h = s->flags;

	h = h * 31 + s->level.class;
	h = h * 31 + s->checked.class;
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *x = &g_array_index(s->held, struct held, i);

		h = h * 31 + x->class;
		h = h * 31 + x->object;
		h = h * 31 + (uint32_t)x->count;
	}
	return h;
}

static bool same_level(const struct level *x, const struct level *y)
{
	return x->class == y->class && (x->class || x->owner == y->owner);
}

static bool same_held(const struct held *x, const struct held *y)
{
	return x->class == y->class && x->kind == y->kind &&
	       x->count == y->count && x->object == y->object &&
	       x->owner == y->owner &&
	       same_level(&x->saved, &y->saved) &&
	       same_level(&x->again[0], &y->again[0]) &&
	       same_level(&x->again[1], &y->again[1]);
}

/*
 * Approximation: whose lock set the level in force is that of the first of
 * several ways; only the class of the level tells states apart.
 */
bool state_same_locks(const struct state *x, const struct state *y)
{
	if (x->held->len != y->held->len || x->flags != y->flags ||
	    !same_level(&x->level, &y->level) ||
	    x->checked.class != y->checked.class)
		return false;
	for (guint i = 0; i < x->held->len; i++)
		if (!same_held(&g_array_index(x->held, struct held, i),
			       &g_array_index(y->held, struct held, i)))
			return false;
	return true;
}

bool state_same_memory(const struct state *x, const struct state *y)
{
	return x->memory->len == y->memory->len &&
	       (x->memory->len == 0 ||
		memcmp(x->memory->data, y->memory->data,
		       sizeof(struct binding) * x->memory->len) == 0);
}

/* The I-th word of flags that may have been written. */
static uint64_t written_flags(const struct state *s, guint i)
{
	uint32_t word = g_array_index(s->program->flag_word, uint32_t, i);

	return s->written ? s->written[word] & s->program->flags[word] : 0;
}

bool state_same_written(const struct state *x, const struct state *y)
{
	for (guint i = 0; i < x->program->flag_word->len; i++)
		if (written_flags(x, i) != written_flags(y, i))
			return false;
	return true;
}

bool state_same_facts(const struct state *x, const struct state *y)
{
	return x->fact->len == y->fact->len &&
	       (x->fact->len == 0 ||
		memcmp(x->fact->data, y->fact->data,
		       sizeof(struct binding) * x->fact->len) == 0);
}

static const uint32_t *literals(const struct state *s)
{
	return (const uint32_t *)(void *)s->guard->data;
}

bool state_same_guard(const struct state *x, const struct state *y)
{
	return x->guard->len == y->guard->len &&
	       (x->guard->len == 0 ||
		memcmp(x->guard->data, y->guard->data,
		       sizeof(uint32_t) * x->guard->len) == 0);
}

unsigned state_common_guard(const struct state *x, const struct state *y)
{
	const uint32_t *mx = literals(x), *my = literals(y);
	guint i = 0, k = 0;
	unsigned nr = 0;

	while (i < x->guard->len && k < y->guard->len) {
		nr += mx[i] == my[k];
		if (mx[i] < my[k])
			i++;
		else if (mx[i] > my[k])
			k++;
		else
			i++, k++;
	}
	return nr;
}

/* Are all flags that Y may have written among those that X may have? */
static bool covers_written(const struct state *x, const struct state *y)
{
	for (guint i = 0; i < x->program->flag_word->len; i++)
		if (written_flags(y, i) & ~written_flags(x, i))
			return false;
	return true;
}

/* The bits of a value that LITERAL says are not all zero; *VALUE is 0 if it is
 * no such literal. */
static int64_t bits_asked(const struct terms *t, uint32_t literal,
			  term_id *value)
{
	const struct term *x = term_get(t, LITERAL_TERM(literal));
	int64_t mask = 0;

	*value = 0;
	if (LITERAL_TRUTH(literal) && x->op == TERM_BINARY &&
	    x->imm == EXPR_AND && term_is_const(t, x->b, &mask))
		*value = x->a;
	return mask;
}

/* Does a guard say what LITERAL says? */
static bool says(const struct terms *t, const uint32_t *guard, guint nr,
		 uint32_t literal)
{
	term_id value, other;
	int64_t mask;

	for (guint i = 0; i < nr; i++)
		if (guard[i] == literal)
			return true;
	mask = bits_asked(t, literal, &value);
	for (guint i = 0; value && i < nr; i++)
		if ((bits_asked(t, guard[i], &other) & ~mask) == 0 &&
		    other == value)
			return true;
	return false;
}

bool state_guard_says(const struct terms *t, const uint32_t *guard, guint nr,
		      const uint32_t *other, guint nr_other)
{
	for (guint i = 0; i < nr_other; i++)
		if (!says(t, guard, nr, other[i]))
			return false;
	return true;
}

bool state_is_weaker(const struct terms *t, const struct state *x,
		     const struct state *y)
{
	return covers_written(x, y) &&
	       state_guard_says(t, literals(y), y->guard->len, literals(x),
				x->guard->len);
}

/* LITERAL as far as a guard says it, too: itself, or with more bits. */
static void meet_literal(struct terms *t, GArray *out, uint32_t literal,
			 const uint32_t *guard, guint nr)
{
	term_id value, other;
	int64_t mask = bits_asked(t, literal, &value), more;

	for (guint i = 0; i < nr; i++) {
		if (guard[i] == literal) {
			add_literal(out, literal, STATE_GUARD_MAX);
			return;
		}
	}
	for (guint i = 0; value && i < nr; i++) {
		bool asserted = LITERAL_IS_ASSERTED(guard[i]) ||
				LITERAL_IS_ASSERTED(literal);

		more = bits_asked(t, guard[i], &other);
		if (other != value)
			continue;
		value = term_binary(t, EXPR_AND, value,
				    term_const(t, mask | more));
		add_literal(out, LITERAL(value, asserted, true),
			    STATE_GUARD_MAX);
		return;
	}
}

GArray *state_guard_meet(struct terms *t, const uint32_t *guard, guint nr,
			 const uint32_t *other, guint nr_other)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < nr; i++)
		MUTANT(18, add_literal(out, guard[i], STATE_GUARD_MAX),
		       meet_literal(t, out, guard[i], other, nr_other));
	return out;
}

static bool meet_guard(struct terms *t, struct state *x,
		       const struct state *y)
{
	GArray *met;
	bool changed;

	if (state_same_guard(x, y))
		return false;
	met = state_guard_meet(t, literals(x), x->guard->len, literals(y),
			       y->guard->len);
	changed = met->len != x->guard->len ||
		  (met->len && memcmp(met->data, x->guard->data,
				      sizeof(uint32_t) * met->len) != 0);
	g_array_unref(x->guard);
	x->guard = met;
	return changed;
}

/* What either may have written. */
static bool join_written(struct state *x, const struct state *y)
{
	uint32_t words = x->program->track_words;
	bool more = false;

	if (!y->written)
		return false;
	if (!x->written)
		x->written = g_malloc0(written_size(x));
	for (uint32_t i = 0; i < words; i++) {
		more |= (y->written[i] & ~x->written[i]) != 0;
		x->written[i] |= y->written[i];
	}
	return more;
}

/* Keeps in X what Y has as well.  True if X lost something. */
static bool intersect(GArray *x, const GArray *y)
{
	guint to = 0, before = x->len;

	for (guint i = 0; i < x->len; i++) {
		struct binding b = g_array_index(x, struct binding, i);
		const struct binding *other = bindings_find(y, b.key);

		if (other && MUTANT(7, true, other->value == b.value))
			g_array_index(x, struct binding, to++) = b;
	}
	g_array_set_size(x, to);
	return to != before;
}

bool state_join(struct terms *t, struct origins *o, struct state *x,
		const struct state *y)
{
	bool lost = intersect(x->memory, y->memory);

	lost |= intersect(x->fact, y->fact);
	lost |= meet_guard(t, x, y);
	lost |= join_written(x, y);
	for (guint i = 0; i < x->held->len; i++) {
		struct held *h = &g_array_index(x->held, struct held, i);
		uint32_t set = origin_set_union(
			o, h->origins,
			g_array_index(y->held, struct held, i).origins);

		const struct held *other =
			&g_array_index(y->held, struct held, i);

		lost |= set != h->origins || (other->many && !h->many);
		h->origins = set;
		h->many |= other->many;
		h->untold = MAX(h->untold, other->untold);
		h->all &= other->all;
		h->each &= other->each;
	}
	return lost;
}
