/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Literals are numbered; each has a list of those that contradict it, made
 * when it is first seen.  A guard is asked for by marking its members.
 */
#include "conflict.h"

#include "nummap.h"

struct known {
	uint32_t literal;
	uint32_t mark;		/* of the guard that has it; see stamp */
	GArray *others;		/* uint32_t numbers; NULL: none */
};

struct conflicts {
	const struct explorer *x;
	struct nummap *number;	/* literal -> number + 1 */
	GArray *known;		/* struct known */
	GByteArray *has_others;	/* per number */
	uint32_t stamp;
};

struct conflicts *conflicts_new(const struct explorer *x)
{
	struct conflicts *c = g_new0(struct conflicts, 1);

	c->x = x;
	c->number = nummap_new();
	c->known = g_array_new(FALSE, FALSE, sizeof(struct known));
	c->has_others = g_byte_array_new();
	return c;
}

static struct known *known_at(const struct conflicts *c, uint32_t number)
{
	return &g_array_index(c->known, struct known, number);
}

void conflicts_free(struct conflicts *c)
{
	for (guint i = 0; i < c->known->len; i++)
		if (known_at(c, i)->others)
			g_array_unref(known_at(c, i)->others);
	g_array_unref(c->known);
	g_byte_array_unref(c->has_others);
	nummap_free(c->number);
	g_free(c);
}

static void add_other(struct conflicts *c, uint32_t number, uint32_t other)
{
	struct known *k = known_at(c, number);

	if (!k->others)
		k->others = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_array_append_val(k->others, other);
	c->has_others->data[number] = 1;
}

static void learn(struct conflicts *c, uint32_t literal)
{
	struct known new = { .literal = literal };
	uint32_t number = c->known->len;
	guint8 none = 0;

	g_array_append_val(c->known, new);
	g_byte_array_append(c->has_others, &none, 1);
	for (uint32_t i = 0; i < number; i++) {
		if (!explore_contradict(c->x, known_at(c, i)->literal, literal))
			continue;
		add_other(c, i, number);
		add_other(c, number, i);
	}
}

uint64_t conflicts_ref(struct conflicts *c, uint32_t literal)
{
	uint32_t *number = nummap_at(c->number, literal);

	if (!*number) {
		learn(c, literal);
		*number = c->known->len;
	}
	return (uint64_t)literal << 32 | (*number - 1);
}

/* The least literal among those that contradict K and are marked; 0: none. */
static uint32_t find_other(const struct conflicts *c, const struct known *k)
{
	uint32_t found = 0;

	for (guint i = 0; k->others && i < k->others->len; i++) {
		const struct known *other =
			known_at(c, g_array_index(k->others, uint32_t, i));

		if (other->mark == c->stamp &&
		    (!found || other->literal < found))
			found = other->literal;
	}
	return found;
}

/* Marks those that something contradicts; how many there are. */
static uint32_t mark(struct conflicts *c, const uint64_t *ref, uint32_t nr)
{
	uint32_t marked = 0;

	c->stamp++;
	for (uint32_t i = 0; i < nr; i++) {
		if (!c->has_others->data[(uint32_t)ref[i]])
			continue;
		known_at(c, (uint32_t)ref[i])->mark = c->stamp;
		marked++;
	}
	return marked;
}

bool conflicts_allow(struct conflicts *c, const uint64_t *ref, uint32_t nr,
		     bool *asserted)
{
	uint32_t marked = mark(c, ref, nr);

	for (uint32_t i = 0; i < nr && marked > 1; i++) {
		const struct known *k = known_at(c, (uint32_t)ref[i]);
		uint32_t other;

		if (!c->has_others->data[(uint32_t)ref[i]])
			continue;
		other = find_other(c, k);
		if (!other)
			continue;
		*asserted = LITERAL_IS_ASSERTED(k->literal) ||
			    LITERAL_IS_ASSERTED(other);
		return false;
	}
	return true;
}
