/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins shards: links the facts of all their translation units anew.  Shards
 * must be of one tree, and each there once.
 */
#include "store.h"

#include <string.h>

#include "diag.h"
#include "facts_io.h"
#include "link.h"
#include "store_int.h"

struct merge {
	const char *const *path;
	int nr;
	struct linker *linker;
	struct facts *owner;	/* of meta's strings */
	struct store_meta meta;	/* of the first shard */
	int *shard_path;	/* by shard: 1 + index into path, or 0 */
};

static bool is_same_tree(const struct store_meta *a,
			 const struct store_meta *b)
{
	return !g_strcmp0(a->tree_version, b->tree_version) &&
	       !g_strcmp0(a->tree_commit, b->tree_commit) &&
	       !g_strcmp0(a->tree_config, b->tree_config) &&
	       !g_strcmp0(a->source_root_hash, b->source_root_hash) &&
	       a->shards == b->shards;
}

static int check_meta(struct merge *m, int i, const struct store_meta *meta)
{
	if (meta->shards == 0 || meta->shard >= meta->shards)
		return diag_error("'%s' is no shard: extract with --shard",
				  m->path[i]);
	if (i > 0 && !is_same_tree(meta, &m->meta))
		return diag_error("'%s' and '%s' are not of one tree",
				  m->path[0], m->path[i]);
	if (i == 0) {
		m->meta = *meta;
		m->shard_path = g_new0(int, meta->shards);
	}
	if (m->shard_path[meta->shard])
		return diag_error("'%s' and '%s' are both shard %u/%u",
				  m->path[m->shard_path[meta->shard] - 1],
				  m->path[i], meta->shard + 1, meta->shards);
	m->shard_path[meta->shard] = i + 1;
	return 0;
}

static int add_unit(struct merge *m, struct store *st,
		    struct db_statement *s)
{
	size_t len;
	const void *bytes = db_column_blob(s, 0, &len);
	struct facts *unit;

	if (facts_decode(&unit, bytes, len) < 0)
		return diag_error("'%s' is damaged: bad row in table unit",
				  st->path);
	linker_add(m->linker, unit);
	facts_free(unit);
	return 0;
}

static int add_units(struct merge *m, struct store *st)
{
	struct db_statement *s;
	int row;

	if (db_prepare(st->db, &s, "SELECT bytes FROM unit ORDER BY id") < 0)
		return -1;
	while ((row = db_step(s)) == 1 && add_unit(m, st, s) == 0)
		;
	db_finalize(s);
	return row == 0 ? 0 : -1;
}

static int add_shard(struct merge *m, int i)
{
	struct store_meta meta;
	struct facts *owner = facts_new();
	struct store *st;
	int ret = -1;

	if (store_open(&st, m->path[i], true) == 0) {
		if (store_get_meta(st, owner, &meta) == 0 &&
		    check_meta(m, i, &meta) == 0)
			ret = add_units(m, st);
		store_close(st);
	}
	if (i == 0)
		m->owner = owner;
	else
		facts_free(owner);
	return ret;
}

static int check_complete(const struct merge *m)
{
	for (unsigned i = 0; i < m->meta.shards; i++)
		if (!m->shard_path[i])
			return diag_error("shard %u/%u is missing", i + 1,
					  m->meta.shards);
	return 0;
}

static int write_joined(struct merge *m, const char *output)
{
	struct store_meta meta = m->meta;
	struct facts *f = linker_finish(m->linker);
	int ret;

	m->linker = NULL;
	meta.shard = meta.shards = 0;
	ret = store_write(output, f, &meta);
	facts_free(f);
	return ret;
}

int store_merge(const char *output, const char *const *shard, int shard_nr)
{
	struct merge m = { .path = shard, .nr = shard_nr,
			   .linker = linker_new() };
	int ret = 0;

	for (int i = 0; i < shard_nr && ret == 0; i++)
		ret = add_shard(&m, i);
	if (ret == 0)
		ret = check_complete(&m);
	if (ret == 0)
		ret = write_joined(&m, output);
	if (m.linker)
		facts_free(linker_finish(m.linker));
	facts_free(m.owner);
	g_free(m.shard_path);
	return ret;
}
