/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes and reads a result as bytes.  Reading checks every index and enum:
 * whatever the bytes are, what comes back can be used.
 */
#include "result_bytes.h"

#include <string.h>

#include <xxhash.h>

#include "bytes.h"
#include "result_table.h"

enum { VERSION = 4, HASH_SIZE = 8 };

static const char magic[] = { 'X', 'L', 'A', 'R', VERSION };

/* ---- writing ---- */

struct writer {
	GByteArray *body, *texts;
	GHashTable *number;	/* text -> its number */
};

/* 0 is NULL. */
static void put_text(struct writer *w, const char *text)
{
	void *number;

	if (!text) {
		bytes_put(w->body, 0);
		return;
	}
	number = g_hash_table_lookup(w->number, text);
	if (!number) {
		number = GUINT_TO_POINTER(g_hash_table_size(w->number) + 1);
		g_hash_table_insert(w->number, (void *)text, number);
		bytes_put_text(w->texts, text);
	}
	bytes_put(w->body, GPOINTER_TO_UINT(number));
}

static void put_texts(struct writer *w, const GPtrArray *texts)
{
	bytes_put(w->body, texts->len);
	for (guint i = 0; i < texts->len; i++)
		put_text(w, texts->pdata[i]);
}

static void put_asked(struct writer *w, const GArray *asked)
{
	bytes_put(w->body, asked->len);
	for (guint i = 0; i < asked->len; i++) {
		const struct asked_classes *way =
			&g_array_index(asked, struct asked_classes, i);

		bytes_put(w->body, way->of_held);
		bytes_put(w->body, way->of_acquired);
		bytes_put(w->body, way->of_other);
		bytes_put(w->body, way->of_plain);
		bytes_put(w->body, way->of_caller);
		bytes_put(w->body, way->of_parent);
	}
}

static void put_site(struct writer *w, const struct site *site)
{
	put_text(w, site->function);
	put_text(w, site->file);
	bytes_put(w->body, site->line);
}

static void put_lock(struct writer *w, const struct lock_ref *lock)
{
	bytes_put(w->body, lock->class);
	bytes_put(w->body, lock->instance);
	bytes_put(w->body, lock->owner);
	bytes_put(w->body, lock->mode);
	bytes_put(w->body, lock->owner_control);
	bytes_put(w->body, lock->domain);
	put_site(w, &lock->site);
}

static void put_witness(struct writer *w, const GArray *witness)
{
	bytes_put(w->body, witness->len);
	for (guint i = 0; i < witness->len; i++) {
		const struct witness_step *step =
			&g_array_index(witness, struct witness_step, i);

		bytes_put(w->body, step->event);
		put_site(w, &step->site);
		put_text(w, step->text);
		put_text(w, step->via);
		bytes_put(w->body, step->taken);
	}
}

static void put_head(struct writer *w, const struct result *r)
{
	put_text(w, r->tree_version);
	put_text(w, r->tree_commit);
	put_text(w, r->tree_config);
	put_text(w, r->policy);
	bytes_put(w->body, r->sole_control);
	bytes_put(w->body, r->tu_nr);
	put_texts(w, r->tu_failed);
	put_text(w, r->rule.name);
	bytes_put_signed(w->body, r->rule.bias);
	put_text(w, r->rule.source);
	bytes_put(w->body, r->counts.functions);
	bytes_put(w->body, r->counts.call_edges);
	bytes_put(w->body, r->counts.indirect_sites);
	bytes_put(w->body, r->counts.indirect_resolved);
	bytes_put(w->body, r->counts.acquisitions);
	bytes_put(w->body, r->counts.contexts);
}

static void put_class(struct writer *w, const struct lock_class *class)
{
	put_text(w, class->name);
	bytes_put_signed(w->body, class->level);
	bytes_put(w->body, class->form);
	put_text(w, class->file);
	bytes_put(w->body, class->line);
}

static uint64_t flags_of(const struct ordering *o)
{
	return (uint64_t)o->same_object | (uint64_t)o->sorted << 1 |
	       (uint64_t)o->runtime_visible << 2 | (uint64_t)o->confirmed << 3 |
	       (uint64_t)o->is_stopped << 4 | (uint64_t)o->trips_always << 5 |
	       (uint64_t)o->trips_sometimes << 6 |
	       (uint64_t)o->elsewhere << 7 | (uint64_t)o->self_deadlock << 8 |
	       (uint64_t)o->steady << 9 |
	       (uint64_t)o->is_unreached << 10 |
	       (uint64_t)o->unstopped << 11;
}

static void put_ordering(struct writer *w, const struct ordering *o)
{
	put_text(w, o->id);
	put_lock(w, &o->held);
	put_lock(w, &o->acquired);
	put_site(w, &o->holder);
	bytes_put(w->body, o->acquire_line);
	bytes_put(w->body, o->relation);
	bytes_put(w->body, o->context);
	bytes_put(w->body, flags_of(o));
	bytes_put(w->body, o->lockset->len);
	for (guint i = 0; i < o->lockset->len; i++)
		put_lock(w, &g_array_index(o->lockset, struct lock_ref, i));
	put_witness(w, o->witness);
	put_texts(w, o->path_worlds);
	bytes_put(w->body, o->privilege);
	bytes_put_signed(w->body, o->in_force);
	bytes_put(w->body, o->in_force_lock);
	bytes_put(w->body, o->over_held);
	put_asked(w, o->asked);
	bytes_put(w->body, o->verdict);
	put_texts(w, o->worlds);
	bytes_put_signed(w->body, o->held_level);
	bytes_put_signed(w->body, o->level_in_force);
	bytes_put_signed(w->body, o->needed_level);
}

static void put_lone(struct writer *w, const struct lone_lock *s)
{
	put_lock(w, &s->lock);
	put_site(w, &s->holder);
	bytes_put(w->body, s->in_interrupt);
	bytes_put_signed(w->body, s->level_in_force);
	bytes_put_signed(w->body, s->level_justified);
	bytes_put(w->body, s->context);
	put_witness(w, s->witness);
}

static void put_assumption(struct writer *w, const struct assumption *a)
{
	put_text(w, a->id);
	put_text(w, a->kind);
	put_text(w, a->what);
	put_text(w, a->file);
	bytes_put(w->body, a->line);
	put_text(w, a->effect);
	put_text(w, a->discharge);
	bytes_put(w->body, a->count);
	bytes_put(w->body, a->blocks_proof);
	bytes_put(w->body, a->touches_locks);
}

static void put_entry(struct writer *w, const struct entry_point *e)
{
	put_site(w, &e->site);
	put_text(w, e->kind);
	bytes_put(w->body, e->context);
	put_text(w, e->reason);
}

static void put_suppression(struct writer *w, const struct suppression *s)
{
	put_text(w, s->id);
	put_text(w, s->rule);
	put_text(w, s->text);
	put_text(w, s->file);
	bytes_put(w->body, s->line);
	bytes_put(w->body, s->covers);
}

static void put_orderings(struct writer *w, const struct result *r)
{
	bytes_put(w->body, r->orderings->len);
	for (guint i = 0; i < r->orderings->len; i++)
		put_ordering(w, r->orderings->pdata[i]);
}

static void put_tables(struct writer *w, const struct result *r)
{
	put_head(w, r);
	bytes_put(w->body, r->classes->len);
	for (guint i = 0; i < r->classes->len; i++)
		put_class(w, result_class(r, i));
	put_orderings(w, r);
	bytes_put(w->body, r->lone->len);
	for (guint i = 0; i < r->lone->len; i++)
		put_lone(w, r->lone->pdata[i]);
	bytes_put(w->body, r->assumptions->len);
	for (guint i = 0; i < r->assumptions->len; i++)
		put_assumption(w, r->assumptions->pdata[i]);
	bytes_put(w->body, r->suppressions->len);
	for (guint i = 0; i < r->suppressions->len; i++)
		put_suppression(w, r->suppressions->pdata[i]);
	bytes_put(w->body, r->entries->len);
	for (guint i = 0; i < r->entries->len; i++)
		put_entry(w, &g_array_index(r->entries, struct entry_point,
					    i));
}

static void put_hash(uint8_t out[HASH_SIZE], const uint8_t *bytes, size_t size)
{
	uint64_t hash = XXH3_64bits(bytes, size);

	for (unsigned i = 0; i < HASH_SIZE; i++)
		out[i] = (uint8_t)(hash >> (8 * i));
}

typedef void put_fn(struct writer *w, const struct result *r);

static void encode(put_fn *put, const struct result *r, GByteArray *out)
{
	struct writer w = {
		.body = g_byte_array_new(), .texts = g_byte_array_new(),
		.number = g_hash_table_new(g_str_hash, g_str_equal),
	};
	GByteArray *all = g_byte_array_new();
	uint8_t hash[HASH_SIZE];

	put(&w, r);
	bytes_put(all, g_hash_table_size(w.number));
	g_byte_array_append(all, w.texts->data, w.texts->len);
	g_byte_array_append(all, w.body->data, w.body->len);
	put_hash(hash, all->data, all->len);
	g_byte_array_append(out, (const guint8 *)magic, sizeof(magic));
	g_byte_array_append(out, hash, sizeof(hash));
	g_byte_array_append(out, all->data, all->len);
	g_byte_array_free(all, TRUE);
	g_hash_table_destroy(w.number);
	g_byte_array_free(w.texts, TRUE);
	g_byte_array_free(w.body, TRUE);
}

void result_encode(const struct result *r, GByteArray *out)
{
	encode(put_tables, r, out);
}

void result_encode_orderings(const struct result *r, GByteArray *out)
{
	encode(put_orderings, r, out);
}

/* ---- reading ---- */

struct reader {
	struct byte_reader in;
	struct result *r;
	const char **text;	/* [0] is NULL */
	uint32_t text_nr;
};

static uint32_t get_number(struct reader *rd)
{
	return bytes_get_below(&rd->in, UINT32_MAX);
}

static int get_level(struct reader *rd)
{
	int64_t level = bytes_get_signed(&rd->in);

	if (level < INT32_MIN || level > INT32_MAX)
		rd->in.bad = true;
	return (int)level;
}

static const char *get_optional(struct reader *rd)
{
	return rd->text[bytes_get_below(&rd->in, rd->text_nr)];
}

static const char *get_text(struct reader *rd)
{
	const char *text = get_optional(rd);

	if (!text)
		rd->in.bad = true;
	return text ? text : "";
}

static void get_texts(struct reader *rd, GPtrArray *texts)
{
	uint32_t nr = bytes_get_count(&rd->in);

	for (uint32_t i = 0; i < nr && !rd->in.bad; i++)
		g_ptr_array_add(texts, (void *)get_text(rd));
}

static struct site get_site(struct reader *rd)
{
	struct site site;

	site.function = get_text(rd);
	site.file = get_text(rd);
	site.line = get_number(rd);
	return site;
}

static struct lock_ref get_lock(struct reader *rd)
{
	struct byte_reader *in = &rd->in;
	struct lock_ref lock;

	lock.class = bytes_get_below(in, rd->r->classes->len);
	lock.instance = (enum instance_kind)bytes_get_below(in,
							INSTANCE_ANY + 1);
	lock.owner = (enum owner_role)bytes_get_below(in, OWNER_ANY + 1);
	lock.mode = (enum lock_mode)bytes_get_below(in, MODE_TRY + 1);
	lock.owner_control = (enum tristate)bytes_get_below(in,
							TRI_UNKNOWN + 1);
	lock.domain = get_number(rd);
	lock.site = get_site(rd);
	return lock;
}

static void get_witness(struct reader *rd, GArray *witness)
{
	uint32_t nr = bytes_get_count(&rd->in);

	for (uint32_t i = 0; i < nr && !rd->in.bad; i++) {
		struct witness_step step;

		step.event = (enum step_event)bytes_get_below(&rd->in,
							STEP_RETURN + 1);
		step.site = get_site(rd);
		step.text = get_text(rd);
		step.via = get_optional(rd);
		step.taken = bytes_get_below(&rd->in, 2) != 0;
		g_array_append_val(witness, step);
	}
}

static void get_head(struct reader *rd)
{
	struct result *r = rd->r;

	r->tree_version = get_text(rd);
	r->tree_commit = get_optional(rd);
	r->tree_config = get_text(rd);
	r->policy = get_text(rd);
	r->sole_control = bytes_get_below(&rd->in, 2) != 0;
	r->tu_nr = get_number(rd);
	get_texts(rd, r->tu_failed);
	r->rule.name = get_text(rd);
	r->rule.bias = get_level(rd);
	r->rule.source = get_text(rd);
	r->counts.functions = get_number(rd);
	r->counts.call_edges = get_number(rd);
	r->counts.indirect_sites = get_number(rd);
	r->counts.indirect_resolved = get_number(rd);
	r->counts.acquisitions = get_number(rd);
	r->counts.contexts = get_number(rd);
}

static void get_class(struct reader *rd)
{
	struct lock_class class;

	class.name = get_text(rd);
	class.level = get_level(rd);
	class.form = (enum lock_form)bytes_get_below(&rd->in, FORM_ORDER + 1);
	class.file = get_text(rd);
	class.line = get_number(rd);
	g_array_append_val(rd->r->classes, class);
}

static void set_flags(struct ordering *o, uint64_t flags)
{
	o->same_object = flags & 1;
	o->sorted = flags >> 1 & 1;
	o->runtime_visible = flags >> 2 & 1;
	o->confirmed = flags >> 3 & 1;
	o->is_stopped = flags >> 4 & 1;
	o->trips_always = flags >> 5 & 1;
	o->trips_sometimes = flags >> 6 & 1;
	o->elsewhere = flags >> 7 & 1;
	o->self_deadlock = flags >> 8 & 1;
	o->steady = flags >> 9 & 1;
	o->is_unreached = flags >> 10 & 1;
	o->unstopped = flags >> 11 & 1;
}

static void get_asked(struct reader *rd, GArray *asked)
{
	uint32_t nr = bytes_get_count(&rd->in);

	for (uint32_t i = 0; i < nr && !rd->in.bad; i++) {
		struct asked_classes way = {
			.of_held = get_number(rd),
			.of_acquired = get_number(rd),
			.of_other = get_number(rd),
			.of_plain = get_number(rd),
			.of_caller = get_number(rd),
			.of_parent = get_number(rd),
		};

		g_array_append_val(asked, way);
	}
}

static void get_lockset(struct reader *rd, GArray *lockset)
{
	uint32_t nr = bytes_get_count(&rd->in);

	for (uint32_t i = 0; i < nr && !rd->in.bad; i++) {
		struct lock_ref lock = get_lock(rd);

		g_array_append_val(lockset, lock);
	}
}

static void get_ordering(struct reader *rd)
{
	struct ordering *o = result_add_ordering(rd->r);

	o->id = get_text(rd);
	o->held = get_lock(rd);
	o->acquired = get_lock(rd);
	o->holder = get_site(rd);
	o->acquire_line = get_number(rd);
	o->relation = (enum relation)bytes_get_below(&rd->in,
						     RELATION_UNKNOWN + 1);
	o->context = (enum context)bytes_get_below(&rd->in,
						   CONTEXT_GOING_DOWN + 1);
	set_flags(o, bytes_get(&rd->in));
	get_lockset(rd, o->lockset);
	get_witness(rd, o->witness);
	get_texts(rd, o->path_worlds);
	o->privilege = (enum privilege)bytes_get_below(
		&rd->in, PRIVILEGE_CONTROL + 1);
	o->in_force = get_level(rd);
	o->in_force_lock = bytes_get_below(&rd->in, o->lockset->len + 1);
	o->over_held = get_number(rd);
	get_asked(rd, o->asked);
	o->verdict = (enum verdict)bytes_get_below(&rd->in,
						   VERDICT_VIOLATION + 1);
	get_texts(rd, o->worlds);
	o->held_level = get_level(rd);
	o->level_in_force = get_level(rd);
	o->needed_level = get_level(rd);
}

static void get_lone(struct reader *rd)
{
	struct lone_lock *s = result_add_lone(rd->r);

	s->lock = get_lock(rd);
	s->holder = get_site(rd);
	s->in_interrupt = bytes_get_below(&rd->in, 2);
	s->level_in_force = get_level(rd);
	s->level_justified = get_level(rd);
	s->context = (enum context)bytes_get_below(&rd->in,
						   CONTEXT_GOING_DOWN + 1);
	get_witness(rd, s->witness);
}

static void get_assumption(struct reader *rd)
{
	struct assumption *a = result_add_assumption(rd->r);

	a->id = get_text(rd);
	a->kind = get_text(rd);
	a->what = get_text(rd);
	a->file = get_text(rd);
	a->line = get_number(rd);
	a->effect = get_text(rd);
	a->discharge = get_text(rd);
	a->count = get_number(rd);
	a->blocks_proof = bytes_get_below(&rd->in, 2);
	a->touches_locks = bytes_get_below(&rd->in, 2);
}

static void get_entry(struct reader *rd)
{
	struct entry_point e = { .site = get_site(rd) };

	e.kind = get_text(rd);
	e.context = (enum context)bytes_get_below(&rd->in,
						  CONTEXT_GOING_DOWN + 1);
	e.reason = get_text(rd);
	g_array_append_val(rd->r->entries, e);
}

static void get_suppression(struct reader *rd)
{
	struct suppression *s = g_new0(struct suppression, 1);

	g_ptr_array_add(rd->r->suppressions, s);
	s->id = get_text(rd);
	s->rule = get_text(rd);
	s->text = get_text(rd);
	s->file = get_text(rd);
	s->line = get_number(rd);
	s->covers = get_number(rd);
}

static void get_each(struct reader *rd, void (*get)(struct reader *rd))
{
	uint32_t nr = bytes_get_count(&rd->in);

	for (uint32_t i = 0; i < nr && !rd->in.bad; i++)
		get(rd);
}

/* The texts come first, so that each is made once. */
static void get_all_texts(struct reader *rd)
{
	uint32_t nr = bytes_get_count(&rd->in);

	rd->text = g_new0(const char *, (size_t)nr + 1);
	rd->text_nr = nr + 1;
	for (uint32_t i = 1; i <= nr && !rd->in.bad; i++) {
		char *text = bytes_get_text(&rd->in);

		rd->text[i] = result_text(rd->r, text);
		g_free(text);
	}
}

static void get_tables(struct reader *rd)
{
	get_all_texts(rd);
	get_head(rd);
	get_each(rd, get_class);
	get_each(rd, get_ordering);
	get_each(rd, get_lone);
	get_each(rd, get_assumption);
	get_each(rd, get_suppression);
	get_each(rd, get_entry);
}

static void get_orderings(struct reader *rd)
{
	get_all_texts(rd);
	get_each(rd, get_ordering);
}

/* Is it one of ours, whole? */
static bool is_sound(const uint8_t *bytes, size_t size)
{
	uint8_t hash[HASH_SIZE];

	if (size < sizeof(magic) + HASH_SIZE ||
	    memcmp(bytes, magic, sizeof(magic)) != 0)
		return false;
	put_hash(hash, bytes + sizeof(magic) + HASH_SIZE,
		 size - sizeof(magic) - HASH_SIZE);
	return memcmp(hash, bytes + sizeof(magic), HASH_SIZE) == 0;
}

static int decode(void (*get)(struct reader *rd), struct result *r,
		  const uint8_t *bytes, size_t size)
{
	struct reader rd = { .r = r };

	if (!is_sound(bytes, size))
		return -1;
	rd.in.at = bytes + sizeof(magic) + HASH_SIZE;
	rd.in.end = bytes + size;
	get(&rd);
	g_free(rd.text);
	return rd.in.bad || rd.in.at != rd.in.end ? -1 : 0;
}

int result_decode(struct result **out, const uint8_t *bytes, size_t size)
{
	struct result *r = result_new();

	*out = NULL;
	if (decode(get_tables, r, bytes, size) < 0) {
		result_free(r);
		return -1;
	}
	*out = r;
	return 0;
}

int result_decode_orderings(struct result *r, const uint8_t *bytes,
			    size_t size)
{
	return decode(get_orderings, r, bytes, size);
}
