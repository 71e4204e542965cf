/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words for the worlds in which an ordering is out of order: prime implicants,
 * by enumeration, as there are at most six variables.
 */
#include "rule_int.h"

#include "result_table.h"

/* The worlds of a cube: those that agree with value on the variables of
 * care. */
static uint64_t cube_worlds(const struct trial *t, unsigned care,
			    unsigned value)
{
	uint64_t mask = 0;

	for (unsigned world = 0; world < 1U << t->variable_nr; world++)
		if ((world & care) == value)
			mask |= UINT64_C(1) << world;
	return mask;
}

static void append_word(GString *text, const struct trial *t,
			const struct variable *v, bool truth)
{
	const char *not = truth ? "" : "not-";
	const char *word = t->party[v->party].word;

	if (text->len > 0)
		g_string_append_c(text, '+');
	if (v->asked == ASK_CURRENT)
		g_string_append_printf(text, "caller-is-%s%s", not, word);
	else
		g_string_append_printf(text, "%s-is-%scontrol-domain", word,
				       not);
}

static void append_path(GString *text, const struct ordering *o)
{
	for (guint i = 0; i < o->path_worlds->len; i++) {
		if (text->len > 0)
			g_string_append_c(text, '+');
		g_string_append(text, o->path_worlds->pdata[i]);
	}
}

/* ROLES: words for roles that were tried, or ""; WORD: what else must be so, or
 * NULL. */
static void add_world_with(struct trial *t, const char *roles, unsigned care,
			   unsigned value, const char *word)
{
	GString *text = g_string_new(roles);

	for (unsigned i = 0; i < t->variable_nr; i++)
		if (care >> i & 1)
			append_word(text, t, &t->variable[i], value >> i & 1);
	if (word)
		g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "",
				       word);
	append_path(text, t->o);
	if (text->len > 0)
		g_ptr_array_add(t->o->worlds,
				(void *)result_text(t->r, text->str));
	g_string_free(text, TRUE);
}

/*
 * Is the caller no control domain in all worlds in which the variables of CARE
 * are as in VALUE?
 */
static bool is_unprivileged(const struct trial *t, unsigned care,
			    unsigned value)
{
	for (unsigned i = 0; i < t->variable_nr; i++)
		if (care >> i & 1 && t->variable[i].asked == ASK_CONTROL &&
		    rule_is_unprivileged(t, t->party[t->variable[i].party].role,
					 value >> i & 1))
			return true;
	return false;
}

/* Do the worlds hold that of two domains one is a control domain? */
static bool tells_two_apart(const struct trial *t, unsigned care,
			    unsigned value)
{
	bool yes = false, no = false;

	for (unsigned i = 0; i < t->variable_nr; i++) {
		enum owner_role role = t->party[t->variable[i].party].role;

		if (!(care >> i & 1) || t->variable[i].asked != ASK_CONTROL)
			continue;
		if (value >> i & 1 &&
		    (role == OWNER_REMOTE || role == OWNER_PARENT))
			return true;
		yes |= value >> i & 1;
		no |= !(value >> i & 1);
	}
	return yes && no;
}

/* Does what the checks of access on the way have asked exclude the caller of
 * these worlds? */
static bool needs_more(const struct trial *t, unsigned care, unsigned value)
{
	return is_unprivileged(t, care, value) &&
	       t->o->privilege != PRIVILEGE_NONE &&
	       (t->o->privilege != PRIVILEGE_TARGET ||
		tells_two_apart(t, care, value));
}

static void add_world(struct trial *t, const char *roles, unsigned care,
		      unsigned value)
{
	if (!needs_more(t, care, value) ||
	    (t->o->privilege == PRIVILEGE_CONTROL && !*t->r->policy)) {
		add_world_with(t, roles, care, value, NULL);
		return;
	}
	if (t->o->privilege != PRIVILEGE_CONTROL)
		add_world_with(t, roles, care, value,
			       "caller-is-device-model");
	if (*t->r->policy)
		add_world_with(t, roles, care, value, t->r->policy);
}

static unsigned literals(unsigned care)
{
	unsigned nr = 0;

	for (; care; care &= care - 1)
		nr++;
	return nr;
}

static void describe_size(struct trial *t, const char *roles, unsigned size,
			  uint64_t *left)
{
	unsigned all = (1U << t->variable_nr) - 1;

	for (unsigned care = 0; care <= all; care++) {
		if (literals(care) != size)
			continue;
		for (unsigned value = 0; value <= all; value++) {
			uint64_t cube;

			if ((value & ~care) != 0)
				continue;
			cube = cube_worlds(t, care, value) & t->possible;
			if ((cube & ~t->out) != 0 || (cube & *left) == 0)
				continue;
			add_world(t, roles, care, value);
			*left &= ~cube;
		}
	}
}

void rule_describe_worlds(struct trial *t, const char *roles)
{
	uint64_t left = t->out;

	for (unsigned size = 0; left != 0 && size <= t->variable_nr; size++)
		describe_size(t, roles, size, &left);
}
