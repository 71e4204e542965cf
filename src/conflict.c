/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Literals are numbered; each has a list of those that contradict it, made
 * when it is first seen, of those that are about the same.  A guard is asked
 * for by marking its members.
 */
#include "conflict.h"

#include "nummap.h"

struct known {
	uint32_t literal;
	uint32_t mark;		/* of the guard that has it; see stamp */
	uint32_t compared;	/* with this one last: number + 1 */
	GArray *others;		/* uint32_t numbers; NULL: none */
};

struct conflicts {
	const struct explorer *x;
	struct nummap *number;	/* literal -> number + 1 */
	GArray *known;		/* struct known */
	GByteArray *has_others;	/* per number */
	struct nummap *about;	/* subject -> index in subject + 1 */
	GPtrArray *subject;	/* GArray * of numbers: which are about it */
	GArray *subjects;	/* term_id, for a while */
	uint32_t stamp;
};

struct conflicts *conflicts_new(const struct explorer *x)
{
	struct conflicts *c = g_new0(struct conflicts, 1);

	c->x = x;
	c->number = nummap_new();
	c->known = g_array_new(FALSE, FALSE, sizeof(struct known));
	c->has_others = g_byte_array_new();
	c->about = nummap_new();
	c->subject = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	c->subjects = g_array_new(FALSE, FALSE, sizeof(term_id));
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
	nummap_free(c->about);
	g_ptr_array_unref(c->subject);
	g_array_unref(c->subjects);
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

/* The numbers of those that are about SUBJECT. */
static GArray *all_about(struct conflicts *c, term_id subject)
{
	uint32_t *index = nummap_at(c->about, subject);

	if (!*index) {
		g_ptr_array_add(c->subject, g_array_new(FALSE, FALSE,
							sizeof(uint32_t)));
		*index = c->subject->len;
	}
	return c->subject->pdata[*index - 1];
}

/* Literal NUMBER is about what ALL are; it becomes one of them. */
static void compare_all(struct conflicts *c, uint32_t number, GArray *all)
{
	for (guint i = 0; i < all->len; i++) {
		uint32_t other = g_array_index(all, uint32_t, i);
		struct known *k = known_at(c, other);

		if (k->compared == number + 1)
			continue;
		k->compared = number + 1;
		if (!explore_contradict(c->x, k->literal,
					known_at(c, number)->literal))
			continue;
		add_other(c, number, other);
		add_other(c, other, number);
	}
	g_array_append_val(all, number);
}

static void learn(struct conflicts *c, uint32_t literal)
{
	struct known new = { .literal = literal };
	uint32_t number = c->known->len;
	guint8 none = 0;

	g_array_append_val(c->known, new);
	g_byte_array_append(c->has_others, &none, 1);
	explore_subjects(c->x, literal, c->subjects);
	for (guint i = 0; i < c->subjects->len; i++)
		compare_all(c, number,
			    all_about(c, g_array_index(c->subjects, term_id,
						       i)));
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
