/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What replays tell later ones: first legs that could not be executed, and the
 * states of the last one that was, from which a witness that begins alike goes
 * on.
 */
#include "replay_int.h"

/* What replay_check() looks at. */
static void append_told(const struct replayer *rp, GByteArray *key)
{
	const struct pair *p = rp->pair;
	uint32_t words[] = { p->held.class, p->held.kind, p->same_object,
			     p->acquired.view.class, p->acquired.event->kind,
			     rp->effort.unstopped };

	g_byte_array_append(key, (const guint8 *)words, sizeof(words));
	g_byte_array_append(key, (const guint8 *)&rp->way->view,
			    sizeof(rp->way->view));
}

/* The first NR legs, as far as their execution depends on them. */
static GBytes *legs_key(const struct replayer *rp, guint nr)
{
	GByteArray *key = g_byte_array_new();
	uint32_t all[] = { rp->way->view.flags & STATE_ASSERT_FAILED,
			   rp->effort.last_first, rp->effort.ends,
			   rp->effort.steady };

	g_byte_array_append(key, (const guint8 *)all, sizeof(all));
	for (guint i = 0; i < nr; i++) {
		const struct leg *leg = g_ptr_array_index(rp->legs, i);
		uint32_t words[] = { leg->function, leg->origin, leg->target,
				     leg->to, leg->inner != NULL, rp->guard &&
				     i == 0 };

		g_byte_array_append(key, (const guint8 *)words, sizeof(words));
		for (leg = leg->inner; leg; leg = leg->inner)
			g_byte_array_append(key, (const guint8 *)&leg->via,
					    sizeof(leg->via));
		if (i + 1 == rp->legs->len)
			append_told(rp, key);
	}
	return g_byte_array_free_to_bytes(key);
}

/* Have some of the first legs failed already in as many steps, or is there no
 * budget? */
bool replay_is_hopeless(const struct replayer *rp)
{
	bool found = rp->steps_left == 0;

	for (guint nr = 1; nr <= rp->legs->len && !found; nr++) {
		GBytes *key = legs_key(rp, nr);

		found = GPOINTER_TO_UINT(g_hash_table_lookup(
				rp->failed, key)) >= rp->effort.steps;
		g_bytes_unref(key);
	}
	return found;
}

void replay_note_failed(struct replayer *rp)
{
	uint32_t steps = rp->steps < rp->effort.steps ? UINT32_MAX
						    : rp->effort.steps;

	g_hash_table_insert(rp->failed, legs_key(rp, rp->deepest + 1),
			    GUINT_TO_POINTER(steps));
}

/* With more states than this, the next replay begins anew. */
enum { KEPT_STATES_MAX = 20000 };

static struct leg_path *copy_path(const struct leg_path *path)
{
	struct leg_path *copy;

	if (!path)
		return NULL;
	copy = leg_path_new();
	g_array_append_vals(copy->node, path->node->data, path->node->len);
	copy->via = path->via;
	copy->inner = copy_path(path->inner);
	return copy;
}

void replay_last_init(struct replay_last *last)
{
	last->key = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_bytes_unref);
	last->path = g_ptr_array_new();
	last->outer = g_ptr_array_new();
}

static void clear(struct replay_last *last)
{
	for (guint i = 0; i < last->path->len; i++)
		leg_path_free(g_ptr_array_index(last->path, i));
	g_ptr_array_set_size(last->key, 0);
	g_ptr_array_set_size(last->path, 0);
	g_ptr_array_set_size(last->outer, 0);
}

void replay_last_release(struct replay_last *last)
{
	clear(last);
	g_ptr_array_unref(last->key);
	g_ptr_array_unref(last->path);
	g_ptr_array_unref(last->outer);
}

guint replay_take_last(struct replayer *rp)
{
	struct replay_last *last = &rp->last;
	guint nr = 0;

	while (nr + 1 < rp->legs->len && nr < last->key->len) {
		GBytes *key = legs_key(rp, nr + 1);
		bool same = g_bytes_equal(key,
					  g_ptr_array_index(last->key, nr));

		g_bytes_unref(key);
		if (!same)
			break;
		nr++;
	}
	for (guint i = 0; i < nr; i++)
		((struct leg *)g_ptr_array_index(rp->legs, i))->path =
			copy_path(g_ptr_array_index(last->path, i));
	return nr;
}

/* The states made since KEPT of them were there are the only ones. */
static void drop_older(GPtrArray *all, guint kept)
{
	if (kept)
		g_ptr_array_remove_range(all, 0, kept);
}

void replay_keep_last(struct replayer *rp, const guint kept[3], bool is_more)
{
	struct replay_last *last = &rp->last;

	clear(last);
	if (!is_more) {
		drop_older(rp->state, kept[0]);
		drop_older(rp->summary, kept[1]);
		drop_older(rp->outer, kept[2]);
	}
	if (rp->state->len > KEPT_STATES_MAX)
		return;
	for (guint i = 0; i + 1 < rp->legs->len; i++) {
		const struct leg *leg = g_ptr_array_index(rp->legs, i);

		g_ptr_array_add(last->key, legs_key(rp, i + 1));
		g_ptr_array_add(last->path, copy_path(leg->path));
		g_ptr_array_add(last->outer,
				g_ptr_array_index(rp->begin, i + 1));
	}
}
