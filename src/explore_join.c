/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where states meet, what differs gets a name, as a phi function would give
 * it, and keeps what both know of it.
 */
#include "explore_int.h"

/* Values stored through arguments, where exits are joined. */
enum { FRESH_STORED = 2 * FRESH_LOCAL };

bool explore_is_object(const struct run *r, term_id key)
{
	const struct program *p = r->x->p;
	const struct term *x = term_get(r->x->t, key);

	return (x->op == TERM_LOCAL &&
		program_is_object(p, r->e.b->local[x->a].type)) ||
	       (x->op == TERM_FIELD &&
		program_is_object(p, FACT_FIELD(p->f, x->b)->type));
}

const struct binding *explore_next_object(const struct run *r,
					  const GArray *memory, guint *i)
{
	while (*i < memory->len) {
		const struct binding *b =
			&g_array_index(memory, struct binding, (*i)++);

		if (explore_is_object(r, b->key))
			return b;
	}
	return NULL;
}

static int64_t role_of_value(const struct run *r, term_id value)
{
	const struct term *x = term_get(r->x->t, value);

	return x->op == TERM_SYMBOL || x->op == TERM_FRESH ? x->imm : 0;
}

/* Two records, of A in state X and B in Y, that get one name. */
struct joined {
	struct state *x, *y;
	term_id a, b, name;
};

/* What both states know of FIELD, alike, in the two records. */
static void find_shared(struct run *r, const struct joined *j, fact_id field,
			GArray *shared)
{
	struct terms *t = r->x->t;
	struct binding b = { .key = term_field(t, j->name, field) };
	term_id other = value_of_member(r->x->p, t, j->y, j->b, field);

	b.value = value_of_member(r->x->p, t, j->x, j->a, field);
	if (b.value == other && term_is_stable(t, b.value) &&
	    !term_contains(t, b.value, j->name))
		g_array_append_val(shared, b);
}

/*
 * What the model has invariants about (a table's owner, its kind) is kept
 * where the two records, of which TYPE is a pointer, agree.
 */
static GArray *shared_members(struct run *r, const struct joined *j,
			      fact_id type)
{
	const struct program *p = r->x->p;
	const struct fact_type *pointer = FACT_TYPE(p->f, type);
	fact_id record = pointer->kind == TYPE_POINTER
				 ? FACT_TYPE(p->f, pointer->target)->record
				 : 0;
	GArray *shared = g_array_new(FALSE, FALSE, sizeof(struct binding));

	for (guint i = 0; record && i < p->invariant->len; i++) {
		fact_id field = g_array_index(p->invariant, struct invariant,
					      i).field;

		if (FACT_FIELD(p->f, field)->record == record)
			find_shared(r, j, field, shared);
	}
	return shared;
}

/* Of a record: bits of a member that keeps its value, or all of it. */
struct lasting {
	fact_id field;
	term_id mask;		/* or 0 */
	bool truth;		/* are any set? */
};

/* Is the fact KEY about such a member of RECORD? */
static bool find_lasting(const struct run *r, term_id key, term_id record,
			 struct lasting *l)
{
	const struct terms *t = r->x->t;
	const struct term *x = term_get(t, key);

	l->mask = 0;
	if (x->op == TERM_BINARY && x->imm == EXPR_AND &&
	    term_is_const(t, x->b, NULL)) {
		l->mask = x->b;
		x = term_get(t, x->a);
	}
	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	l->field = x->b;
	return x->op == TERM_FIELD && x->a == record &&
	       r->x->p->stable_field[x->b];
}

/* What L asks of RECORD at S. */
static term_id lasting_of(const struct run *r, const struct lasting *l,
			  const struct state *s, term_id record)
{
	struct terms *t = r->x->t;
	term_id value = value_of_member(r->x->p, t, s, record, l->field);

	return l->mask ? term_binary(t, EXPR_AND, value, l->mask) : value;
}

/* What both states know, alike, of members that keep their values. */
static GArray *lasting_members(struct run *r, const struct joined *j)
{
	GArray *lasting = g_array_new(FALSE, FALSE, sizeof(struct lasting));

	for (guint i = 0; i < j->x->fact->len; i++) {
		term_id key = g_array_index(j->x->fact, struct binding, i).key;
		struct lasting l;
		enum tristate is;

		if (!find_lasting(r, key, j->a, &l))
			continue;
		is = state_truth(r->x->t, j->x, key);
		l.truth = is == TRI_YES;
		if (is != TRI_UNKNOWN &&
		    is == state_truth(r->x->t, j->y,
				      lasting_of(r, &l, j->y, j->b)))
			g_array_append_val(lasting, l);
	}
	return lasting;
}

static void keep_lasting(struct run *r, const struct joined *j,
			 const GArray *lasting)
{
	struct state *both[] = { j->x, j->y };

	for (guint i = 0; i < lasting->len; i++) {
		const struct lasting *l =
			&g_array_index(lasting, struct lasting, i);

		for (guint k = 0; k < G_N_ELEMENTS(both); k++)
			state_assume(r->x->t, both[k],
				     lasting_of(r, l, both[k], j->name),
				     l->truth);
	}
}

/* From here on NAME is the record of TYPE, the same in both. */
static void give_name(struct run *r, const struct joined *j, fact_id type)
{
	struct terms *t = r->x->t;
	bool is_null = state_truth(t, j->x, j->a) != TRI_YES ||
		       state_truth(t, j->y, j->b) != TRI_YES;
	GArray *shared = shared_members(r, j, type);
	GArray *lasting = lasting_members(r, j);

	/* What had the name when control was here before. */
	if (j->a != j->name)
		state_age_value(t, j->x, j->name);
	if (j->b != j->name)
		state_age_value(t, j->y, j->name);
	for (guint i = 0; i < shared->len; i++) {
		struct binding b = g_array_index(shared, struct binding, i);

		bindings_set(j->x->memory, b.key, b.value);
		bindings_set(j->y->memory, b.key, b.value);
	}
	keep_lasting(r, j, lasting);
	g_array_unref(lasting);
	g_array_unref(shared);
	if (is_null)
		return;
	bindings_set(j->x->fact, j->name, 0);
	bindings_set(j->y->fact, j->name, 0);
}

/*
 * A local that points to different objects in X and Y, which meet at NODE:
 * from here on it points to some object, the same in both; or to none, if that
 * is known of both.
 */
static void name_joined(struct run *r, uint32_t node, struct state *x,
			struct state *y, term_id local)
{
	uint32_t number = term_get(r->x->t, local)->a;
	struct joined j = { .x = x, .y = y, .a = state_memory(x, local),
			    .b = state_memory(y, local) };
	int64_t role = role_of_value(r, j.a);

	if (role != role_of_value(r, j.b))
		role = 0;
	if (state_truth(r->x->t, x, j.a) == TRI_NO &&
	    state_truth(r->x->t, y, j.b) == TRI_NO) {
		j.name = term_const(r->x->t, 0);
	} else {
		j.name = term_leaf(r->x->t, TERM_FRESH, node,
				   FRESH_LOCAL + number, role);
		give_name(r, &j, r->e.b->local[number].type);
	}
	bindings_set(x->memory, local, j.name);
	bindings_set(y->memory, local, j.name);
}

/* True if X has a name for something now that it did not have. */
static bool name_all_joined(struct run *r, uint32_t node, struct state *x,
			    struct state *y)
{
	const struct binding *b;
	bool changed = false;
	guint i = 0;

	while ((b = explore_next_object(r, x->memory, &i))) {
		struct binding old = *b;
		term_id other = state_memory(y, old.key);

		if (term_get(r->x->t, old.key)->op != TERM_LOCAL || !other ||
		    other == old.value)
			continue;
		name_joined(r, node, x, y, old.key);
		changed |= state_memory(x, old.key) != old.value;
	}
	return changed;
}

/*
 * VALUE as another one of which some bits, in *BITS, were set, cleared, or
 * are not known.
 */
static term_id without_bits(const struct terms *t, term_id value,
			    uint64_t *bits)
{
	const struct term *x = term_get(t, value), *y;
	int64_t imm;

	while (x->op == TERM_BINARY) {
		y = term_get(t, x->b);
		if (x->imm == EXPR_AND && term_is_const(t, x->b, &imm))
			*bits |= ~(uint64_t)imm;
		else if (x->imm == EXPR_OR && term_is_const(t, x->b, &imm))
			*bits |= (uint64_t)imm;
		else if (x->imm == EXPR_OR && y->op == TERM_BINARY &&
			 y->imm == EXPR_AND &&
			 term_get(t, y->a)->op == TERM_FRESH &&
			 term_is_const(t, y->b, &imm))
			*bits |= (uint64_t)imm;
		else
			break;
		value = x->a;
		x = term_get(t, value);
	}
	return value;
}

/*
 * A number that is A in one state and B in another one, if they differ in
 * known bits only; 0 if not.
 */
static term_id join_flags(struct run *r, term_id name, term_id a, term_id b)
{
	struct terms *t = r->x->t;
	uint64_t bits = 0;
	term_id base = without_bits(t, a, &bits);
	int64_t imm;

	if (without_bits(t, b, &bits) != base || bits == 0 ||
	    bits == UINT64_MAX || term_is_const(t, base, &imm) ||
	    !term_is_stable(t, base))
		return 0;
	return term_binary(t, EXPR_OR,
			   term_binary(t, EXPR_AND, base,
				       term_const(t, (int64_t)~bits)),
			   term_binary(t, EXPR_AND, name,
				       term_const(t, (int64_t)bits)));
}

/* Two that are what is left of one size, or all of it: what is left of it. */
static term_id join_rests(struct run *r, term_id name, term_id a, term_id b)
{
	struct terms *t = r->x->t;
	term_id x = term_size_of_rest(t, a), y = term_size_of_rest(t, b);

	if (!x)
		x = a;
	if (x != (y ? y : b) || !term_is_size(t, x))
		return 0;
	return term_rest(t, x, name);
}

/*
 * What is known of A at X and of B at Y alike, as facts about NAME: that they
 * are not zero, or not some constant.
 */
static void find_alike(struct run *r, const struct state *x, term_id a,
		       const struct state *y, term_id b, term_id name,
		       GArray *alike)
{
	struct terms *t = r->x->t;

	for (guint i = 0; i < x->fact->len; i++) {
		struct binding f = g_array_index(x->fact, struct binding, i);
		const struct term *key = term_get(t, f.key);
		int64_t imm;

		if (f.key == a && !f.value &&
		    state_truth(t, y, b) == TRI_YES) {
			f.key = name;
			g_array_append_val(alike, f);
			continue;
		}
		if (key->op != TERM_BINARY || key->imm != EXPR_EQ ||
		    key->a != a || !f.value || !term_is_const(t, key->b, NULL) ||
		    !term_is_const(t, f.value, &imm) || imm != 0)
			continue;
		f.key = term_binary(t, EXPR_EQ, name, key->b);
		if (state_truth(t, y, term_binary(t, EXPR_EQ, b,
						  term_get(t, f.key)->b)) ==
		    TRI_NO)
			g_array_append_val(alike, f);
	}
}

/* The name of what lies at KEY where states meet at NODE; 0 if it gets none. */
static term_id number_name(struct run *r, uint32_t node, term_id key)
{
	const struct term *x = term_get(r->x->t, key);

	if (x->op == TERM_LOCAL &&
	    !program_is_object(r->x->p, r->e.b->local[x->a].type))
		return term_leaf(r->x->t, TERM_FRESH, node, FRESH_LOCAL + x->a,
				 0);
	if (x->op == TERM_SYMBOL)
		return term_leaf(r->x->t, TERM_FRESH, node,
				 FRESH_STORED + x->a, 0);
	return 0;
}

static bool set_number(struct run *r, struct state *s, term_id key,
		       term_id name, term_id value, const GArray *alike)
{
	if (state_memory(s, key) == value)
		return false;
	/* What had the name when control was here before. */
	state_age_value(r->x->t, s, name);
	bindings_set(s->memory, key, value);
	for (guint i = 0; i < alike->len; i++) {
		struct binding f = g_array_index(alike, struct binding, i);

		bindings_set(s->fact, f.key, f.value);
	}
	return true;
}

/* Is what is in the local KEY compared, in a function whose result tells which
 * locks it returns with? */
static bool decides(const struct run *r, term_id key)
{
	const struct term *x = term_get(r->x->t, key);

	return x->op == TERM_LOCAL && r->e.slice->decides[x->a] &&
	       r->x->p->result_tells[r->function];
}

/* What lies at KEY gets a value that stands for both. */
static bool join_number(struct run *r, uint32_t node, struct state *x,
			struct state *y, term_id key)
{
	GArray *alike = g_array_new(FALSE, FALSE, sizeof(struct binding));
	term_id name = number_name(r, node, key), value;
	term_id a = state_memory(x, key), b = state_memory(y, key);
	bool changed = false;

	a = state_resolve(r->x->t, x, a);
	b = state_resolve(r->x->t, y, b);
	if (a == b && term_is_const(r->x->t, a, NULL)) {
		value = a;
	} else {
		value = join_flags(r, name, a, b);
		if (!value) {
			term_id rest = join_rests(r, name, a, b);
			term_id both = rest ? rest : name;

			find_alike(r, x, a, y, b, both, alike);
			find_alike(r, y, b, x, a, both, alike);
			value = rest || alike->len || decides(r, key) ? both
								      : 0;
		}
	}
	if (value) {
		changed = set_number(r, x, key, name, value, alike);
		set_number(r, y, key, name, value, alike);
	}
	g_array_unref(alike);
	return changed;
}

/*
 * Numbers in locals, or in what arguments point to, of which X and Y know
 * something alike; true if X changed.
 */
static bool join_numbers(struct run *r, uint32_t node, struct state *x,
			 struct state *y)
{
	GArray *keys = g_array_new(FALSE, FALSE, sizeof(term_id));
	bool changed = false;

	for (guint i = 0; i < x->memory->len; i++) {
		term_id key = g_array_index(x->memory, struct binding, i).key;
		term_id other = state_memory(y, key);

		if (other && other != state_memory(x, key) &&
		    number_name(r, node, key))
			g_array_append_val(keys, key);
	}
	for (guint i = 0; i < keys->len; i++)
		changed |= join_number(r, node, x, y,
				       g_array_index(keys, term_id, i));
	g_array_unref(keys);
	return changed;
}

bool explore_name_joined(struct run *r, uint32_t node, struct state *x,
			 struct state *y)
{
	bool changed = name_all_joined(r, node, x, y);

	return join_numbers(r, node, x, y) || changed;
}

bool explore_name_stored(struct run *r, struct state *x, struct state *y)
{
	return join_numbers(r, 0, x, y);
}

/* A frame that tells which locks the function returns with. */
static term_id name_telling(struct run *r, struct exit_state *into,
			    const struct exit_state *new)
{
	struct terms *t = r->x->t;
	GArray *alike = g_array_new(FALSE, FALSE, sizeof(struct binding));
	term_id name = term_leaf(t, TERM_FRESH, 0, 2, 0);
	struct state *states[] = { into->state, new->state };

	find_alike(r, into->state, into->result, new->state, new->result, name,
		   alike);
	find_alike(r, new->state, new->result, into->state, into->result, name,
		   alike);
	for (guint k = 0; k < G_N_ELEMENTS(states); k++) {
		state_age_value(t, states[k], name);
		for (guint i = 0; i < alike->len; i++) {
			struct binding f = g_array_index(alike, struct binding,
							 i);

			bindings_set(states[k]->fact, f.key, f.value);
		}
	}
	if (!alike->len)
		name = term_unknown(t);
	g_array_unref(alike);
	return name;
}

term_id explore_name_result(struct run *r, struct exit_state *into,
			    const struct exit_state *new)
{
	const struct program *p = r->x->p;
	fact_id type = FACT_TYPE(p->f, FACT_FUNCTION(p->f, r->function)->type)
			       ->target;
	struct joined j = { .x = into->state, .y = new->state,
			    .a = into->result, .b = new->result };

	if (j.a && j.b && p->result_tells[r->function] &&
	    !program_is_object(p, type))
		return name_telling(r, into, new);
	if (!j.a || !j.b || !program_is_object(p, type) ||
	    term_is_fixed(r->x->t, j.a) || term_is_fixed(r->x->t, j.b))
		return term_unknown(r->x->t);
	j.name = term_leaf(r->x->t, TERM_FRESH, 0, 1,
			   role_of_value(r, j.a) == role_of_value(r, j.b)
				   ? role_of_value(r, j.a)
				   : 0);
	give_name(r, &j, type);
	return j.name;
}

