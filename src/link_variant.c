/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chooses which bodies are one function and which are variants of it.
 *
 * A unit has one body at most for a key, so what a function does in a unit is
 * told by its own body and, of all functions that it can reach by references
 * there, by which body those have that have several.  These (key, body) pairs,
 * sorted, are the function's signature: equal body and signature make one
 * variant.  Recursion needs no special care, since reachability has none.
 * Where a unit refers to a function that it has no body of, the variant of the
 * first unit is meant.
 */
#include "link_int.h"

#include <string.h>

#include <xxhash.h>

#include "bytes.h"
#include "facts_io.h"

struct variants {
	struct linker *l;
	guint key_nr;		/* functions before variants were added */
	uint32_t *first;	/* by key: 1 + first definition, 0: none */
	bool *is_multiple;	/* by key: has several definitions */
	bool *is_affected;	/* by key: can reach such a one */
	GArray **reference;	/* by definition: fact_id, keys referred to */
	GHashTable *id;		/* GBytes of definition, signature -> id */
	bool *is_taken;		/* by key: its first variant exists */
	GArray *base;
	GPtrArray *object;
	/* of the unit at hand */
	const struct link_unit *unit;
	uint32_t *here;		/* by key: 1 + definition in this unit, or 0 */
	fact_id *variant;	/* by key: its id for this unit */
	uint32_t *seen;		/* by key: number of the walk that met it */
	uint32_t walk;
	GArray *stack;		/* fact_id */
	GArray *signature;	/* struct choice */
};

/* Which definition a function of several has. */
struct choice {
	fact_id key;
	uint32_t definition;
};

static struct definition *definition_at(struct variants *v, uint32_t id)
{
	return &g_array_index(v->l->definition, struct definition, id);
}

/* A copy whose function references are keys. */
static struct fact_body *definition_body(struct variants *v, uint32_t id)
{
	struct definition *d = definition_at(v, id);
	struct fact_body *body;
	gsize len;
	const uint8_t *bytes = g_bytes_get_data(d->bytes, &len);

	if (body_decode(&body, v->l->joint, bytes + d->body_offset,
			len - d->body_offset) < 0)
		g_error("a body of '%s' does not read back",
			FACT_FUNCTION(v->l->joint, d->function)->key);
	return body;
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
	fact_id x = *(const fact_id *)a, y = *(const fact_id *)b;

	return (x > y) - (x < y);
}

static void remove_duplicates(GArray *ids)
{
	guint kept = 0;

	g_array_sort(ids, compare_ids);
	for (guint i = 0; i < ids->len; i++) {
		fact_id id = g_array_index(ids, fact_id, i);

		if (!kept || g_array_index(ids, fact_id, kept - 1) != id)
			g_array_index(ids, fact_id, kept++) = id;
	}
	g_array_set_size(ids, kept);
}

static GArray *references(struct variants *v, uint32_t definition)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(fact_id));
	struct fact_body *body = definition_body(v, definition);

	for (uint32_t i = 1; i < body->expr_nr; i++)
		if (body->expr[i].op == EXPR_FUNCTION)
			g_array_append_val(out, body->expr[i].a);
	body_free(body);
	remove_duplicates(out);
	return out;
}

/* first follows the order of units: the linker has sorted them. */
static void find_definitions(struct variants *v)
{
	for (guint u = 0; u < v->l->unit->len; u++) {
		const struct link_unit *unit = v->l->unit->pdata[u];

		for (guint i = 0; i < unit->definition->len; i++) {
			uint32_t id = g_array_index(unit->definition, uint32_t,
						    i);
			fact_id key = definition_at(v, id)->function;

			if (!v->first[key])
				v->first[key] = id + 1;
			else if (v->first[key] != id + 1)
				v->is_multiple[key] = true;
		}
	}
	for (guint i = 0; i < v->l->definition->len; i++)
		v->reference[i] = references(v, i);
}

/* One more round over all definitions; did it find any? */
static bool spread_affected(struct variants *v)
{
	bool found = false;

	for (guint i = 0; i < v->l->definition->len; i++) {
		fact_id key = definition_at(v, i)->function;
		GArray *refs = v->reference[i];

		for (guint k = 0; k < refs->len && !v->is_affected[key]; k++)
			if (v->is_affected[g_array_index(refs, fact_id, k)])
				found = v->is_affected[key] = true;
	}
	return found;
}

static void find_affected(struct variants *v)
{
	memcpy(v->is_affected, v->is_multiple, v->key_nr * sizeof(bool));
	while (spread_affected(v))
		;
}

static void push(struct variants *v, fact_id key)
{
	if (!v->is_affected[key] || v->seen[key] == v->walk)
		return;
	v->seen[key] = v->walk;
	g_array_append_val(v->stack, key);
}

static gint compare_choices(gconstpointer a, gconstpointer b)
{
	const struct choice *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Sets v->signature to that of key's function in the unit at hand. */
static void make_signature(struct variants *v, fact_id key)
{
	v->walk++;
	g_array_set_size(v->signature, 0);
	push(v, key);
	while (v->stack->len) {
		fact_id at = g_array_index(v->stack, fact_id,
					   v->stack->len - 1);
		uint32_t here = v->here[at];
		struct choice choice = { at, here ? here : v->first[at] };

		g_array_set_size(v->stack, v->stack->len - 1);
		if (v->is_multiple[at])
			g_array_append_val(v->signature, choice);
		for (guint i = 0; here && i < v->reference[here - 1]->len; i++)
			push(v, g_array_index(v->reference[here - 1], fact_id,
					      i));
	}
	g_array_sort(v->signature, compare_choices);
}

static GBytes *variant_key(struct variants *v, uint32_t definition)
{
	GByteArray *out = g_byte_array_new();

	bytes_put(out, definition);
	for (guint i = 0; i < v->signature->len; i++) {
		struct choice *c = &g_array_index(v->signature, struct choice,
						  i);

		bytes_put(out, c->key);
		bytes_put(out, c->definition);
	}
	return g_byte_array_free_to_bytes(out);
}

static const char *operand_key(const struct facts *f, enum operand what,
			       fact_id id)
{
	if (what == OPERAND_GLOBAL)
		return FACT_GLOBAL(f, id)->key;
	if (what == OPERAND_FUNCTION)
		return FACT_FUNCTION(f, id)->key;
	if (what == OPERAND_FIELD)
		return FACT_FIELD(f, id)->key;
	return NULL;
}

static void put_operand(GByteArray *out, const struct facts *f,
			enum operand what, uint32_t id)
{
	const char *key = operand_key(f, what, id);

	if (key)
		bytes_put_text(out, key);
	else
		bytes_put(out, id);
}

/*
 * The content of a body by names, and without lines: what a variant is called
 * must not change when something unrelated does.
 */
static void put_content(GByteArray *out, const struct facts *f,
			const struct fact_body *body)
{
	for (uint32_t i = 1; i < body->expr_nr; i++) {
		const struct fact_expr *e = &body->expr[i];

		bytes_put(out, e->op);
		bytes_put_signed(out, e->imm);
		put_operand(out, f, expr_shape(e->op).a, e->a);
		put_operand(out, f, expr_shape(e->op).b, e->b);
	}
	for (uint32_t i = 1; i < body->node_nr; i++) {
		const struct fact_node *n = &body->node[i];

		bytes_put(out, n->kind);
		bytes_put(out, n->flags);
		bytes_put(out, n->a);
		bytes_put(out, n->b);
		bytes_put(out, n->next);
		bytes_put(out, n->other);
		bytes_put(out, n->extra_nr);
		bytes_put_text(out, FACT_TYPE(f, n->type)->name);
	}
	for (uint32_t i = 1; i < body->extra_nr; i++)
		bytes_put(out, body->extra[i]);
	for (uint32_t i = 1; i < body->cases_nr; i++) {
		bytes_put_signed(out, body->cases[i].lo);
		bytes_put_signed(out, body->cases[i].hi);
		bytes_put(out, body->cases[i].node);
	}
}

static uint64_t content_hash(struct variants *v, uint32_t definition)
{
	struct fact_body *body = definition_body(v, definition);
	GByteArray *out = g_byte_array_new();
	uint64_t hash;

	put_content(out, v->l->joint, body);
	hash = XXH3_64bits(out->data, out->len);
	g_byte_array_unref(out);
	body_free(body);
	return hash;
}

/* Of the body and the signature; the choices are summed: in no order. */
static uint64_t variant_hash(struct variants *v, uint32_t definition)
{
	uint64_t hash = content_hash(v, definition);

	for (guint i = 0; i < v->signature->len; i++) {
		struct choice *c = &g_array_index(v->signature, struct choice,
						  i);
		const char *key = FACT_FUNCTION(v->l->joint, c->key)->key;

		hash += XXH3_64bits_withSeed(
			key, strlen(key), content_hash(v, c->definition - 1));
	}
	return hash;
}

static const char *variant_name(struct variants *v, fact_id key, uint64_t hash)
{
	const char *kept;
	char *name = g_strdup_printf("%s#%08x",
				     FACT_FUNCTION(v->l->joint, key)->key,
				     (unsigned)(hash & UINT32_MAX));

	/* Bodies that differ by lines only have one hash. */
	while (g_hash_table_contains(v->l->function.id, name)) {
		g_free(name);
		name = g_strdup_printf("%s#%08x",
				       FACT_FUNCTION(v->l->joint, key)->key,
				       (unsigned)(++hash & UINT32_MAX));
	}
	kept = facts_text(v->l->joint, name);
	g_free(name);
	return kept;
}

static void describe(struct variants *v, fact_id id, uint32_t definition)
{
	struct fact_function *fn = FACT_FUNCTION(v->l->joint, id);
	const struct fact_function *at = &definition_at(v, definition)->at;

	fn->type = at->type;
	fn->file = at->file;
	fn->line = at->line;
	fn->end_line = at->end_line;
	fn->param_nr = at->param_nr;
	g_ptr_array_index(v->object, id) = (gpointer)v->unit->object;
}

static fact_id append_variant(struct variants *v, fact_id key,
			      uint32_t definition)
{
	struct fact_function fn = *FACT_FUNCTION(v->l->joint, key);
	fact_id id = v->l->joint->function->len;

	fn.key = variant_name(v, key, variant_hash(v, definition));
	fn.body = NULL;
	g_array_append_val(v->l->joint->function, fn);
	g_hash_table_insert(v->l->function.id, (gpointer)fn.key,
			    GUINT_TO_POINTER(id));
	g_array_append_val(v->base, key);
	g_ptr_array_add(v->object, NULL);
	return id;
}

/* The id of definition's variant in this unit; *is_new: it has no body yet. */
static fact_id find_variant(struct variants *v, uint32_t definition,
			    bool *is_new)
{
	fact_id key = definition_at(v, definition)->function;
	GBytes *name;
	fact_id id;

	make_signature(v, key);
	name = variant_key(v, definition);
	id = GPOINTER_TO_UINT(g_hash_table_lookup(v->id, name));
	*is_new = !id;
	if (id) {
		g_bytes_unref(name);
		return id;
	}
	id = v->is_taken[key] ? append_variant(v, key, definition) : key;
	v->is_taken[key] = true;
	g_hash_table_insert(v->id, name, GUINT_TO_POINTER(id));
	describe(v, id, definition);
	return id;
}

static void give_bodies(struct variants *v, const GArray *new_ids)
{
	struct id_map map = { .function = v->variant };

	for (guint i = 0; i < new_ids->len; i++) {
		fact_id id = g_array_index(new_ids, fact_id, i);
		fact_id key = g_array_index(v->base, fact_id, id);
		struct fact_body *body =
			definition_body(v, v->here[key] - 1);

		body_renumber(body, &map);
		FACT_FUNCTION(v->l->joint, id)->body = body;
	}
}

static void do_unit(struct variants *v, const struct link_unit *unit)
{
	GArray *new_ids = g_array_new(FALSE, FALSE, sizeof(fact_id));
	const uint32_t *definition = (uint32_t *)unit->definition->data;

	v->unit = unit;
	for (guint i = 0; i < unit->definition->len; i++)
		v->here[definition_at(v, definition[i])->function] =
			definition[i] + 1;
	for (guint i = 0; i < unit->definition->len; i++) {
		fact_id key = definition_at(v, definition[i])->function;
		bool is_new;

		/* Of two bodies for one key in a unit the last one counts. */
		if (v->here[key] != definition[i] + 1)
			continue;
		v->variant[key] = find_variant(v, definition[i], &is_new);
		if (is_new)
			g_array_append_val(new_ids, v->variant[key]);
	}
	give_bodies(v, new_ids);
	for (guint i = 0; i < unit->definition->len; i++) {
		fact_id key = definition_at(v, definition[i])->function;

		v->here[key] = 0;
		v->variant[key] = key;
	}
	g_array_unref(new_ids);
}

static void init(struct variants *v, struct linker *l)
{
	v->l = l;
	v->key_nr = l->joint->function->len;
	v->first = g_new0(uint32_t, v->key_nr);
	v->is_multiple = g_new0(bool, v->key_nr);
	v->is_affected = g_new0(bool, v->key_nr);
	v->is_taken = g_new0(bool, v->key_nr);
	v->here = g_new0(uint32_t, v->key_nr);
	v->variant = g_new0(fact_id, v->key_nr);
	v->seen = g_new0(uint32_t, v->key_nr);
	v->reference = g_new0(GArray *, l->definition->len + 1);
	v->stack = g_array_new(FALSE, FALSE, sizeof(fact_id));
	v->signature = g_array_new(FALSE, FALSE, sizeof(struct choice));
	v->id = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
				      (GDestroyNotify)g_bytes_unref, NULL);
	for (fact_id i = 0; i < v->key_nr; i++) {
		v->variant[i] = i;
		g_array_append_val(v->base, i);
		g_ptr_array_add(v->object, NULL);
	}
}

static void release(struct variants *v)
{
	for (guint i = 0; i < v->l->definition->len; i++)
		g_array_unref(v->reference[i]);
	g_free(v->reference);
	g_free(v->first);
	g_free(v->is_multiple);
	g_free(v->is_affected);
	g_free(v->is_taken);
	g_free(v->here);
	g_free(v->variant);
	g_free(v->seen);
	g_array_unref(v->stack);
	g_array_unref(v->signature);
	g_hash_table_unref(v->id);
}

void link_variants(struct linker *l, GArray *base, GPtrArray *object)
{
	struct variants v = { .base = base, .object = object };

	init(&v, l);
	find_definitions(&v);
	find_affected(&v);
	for (guint i = 0; i < l->unit->len; i++)
		do_unit(&v, l->unit->pdata[i]);
	release(&v);
}
