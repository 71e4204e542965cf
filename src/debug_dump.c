/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "explore.h"
#include "program.h"
#include "term_text.h"
void debug_state(const struct explorer *x, fact_id fn, const struct state *s);
void debug_dump(const struct explorer *x);
static void pt(const struct explorer *x, fact_id fn, term_id id)
{
	GString *g = g_string_new("");
	term_text(x->p, x->t, fn, id, g);
	fputs(g->str, stderr);
	g_string_free(g, TRUE);
}
void debug_state(const struct explorer *x, fact_id fn, const struct state *s)
{
	fprintf(stderr, "   flags %u level %u/%u guard:", s->flags, s->level.class, s->level.owner);
	for (guint i = 0; i < s->guard->len; i++) {
		GString *g = g_string_new("");
		uint32_t l = g_array_index(s->guard, uint32_t, i);
		term_text_literal(x->p, x->t, fn, l, g);
		fprintf(stderr, " %s%s;", g->str, LITERAL_IS_ASSERTED(l) ? "[A]" : "");
		g_string_free(g, TRUE);
	}
	fputs("\n   held:", stderr);
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		fprintf(stderr, " [c%u k%u n%d m%d a%d ", h->class, h->kind, h->count, h->many, h->all);
		pt(x, fn, h->object);
		fputs("]", stderr);
	}
	fputs("\n   mem:", stderr);
	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);
		pt(x, fn, b.key); fputs(":=", stderr); if (b.value) pt(x, fn, b.value); fputs("; ", stderr);
	}
	fputs("\n   fact:", stderr);
	for (guint i = 0; i < s->fact->len; i++) {
		struct binding b = g_array_index(s->fact, struct binding, i);
		pt(x, fn, b.key); fputs("=", stderr); if (b.value) pt(x, fn, b.value); else fputs("nonzero", stderr); fputs("; ", stderr);
	}
	fputs("\n", stderr);
}
void debug_dump(const struct explorer *x)
{
	const char *names = getenv("XLA_DUMP");
	if (!names) return;
	for (fact_id id = 1; id < x->p->f->function->len; id++) {
		const struct summary *s = x->summary[id];
		if (!s || strcmp(FACT_FUNCTION(x->p->f, id)->display, names)) continue;
		fprintf(stderr, "== %s: runs %u steps %u exits %u edges %u events %u takes %x gives %x\n", names, s->runs, s->steps, s->exits->len, s->edge->len, s->event->len, x->p->takes[id], x->p->gives[id]);
		for (guint i = 0; i < s->exits->len; i++) {
			const struct exit_state *e = g_ptr_array_index(s->exits, i);
			fprintf(stderr, "  exit %u result ", i); if (e->result) pt(x, id, e->result); fputs("\n", stderr);
			debug_state(x, id, e->state);
		}
		for (guint i = 0; i < s->event->len; i++) {
			const struct event *e = g_ptr_array_index(s->event, i);
			fprintf(stderr, "  event line %u class %u object ", FACT_FUNCTION(x->p->f, id)->body->node[e->node].line, e->view.class); pt(x, id, e->object); fputs("\n", stderr);
			debug_state(x, id, e->at);
		}
		for (guint i = 0; i < s->edge->len; i++) {
			const struct call_edge *e = g_ptr_array_index(s->edge, i);
			fprintf(stderr, "  edge line %u -> %s (", FACT_FUNCTION(x->p->f, id)->body->node[e->node].line, FACT_FUNCTION(x->p->f, e->callee)->display);
			for (guint k = 0; k < e->arg->len; k++) { pt(x, id, g_array_index(e->arg, term_id, k)); fputs(", ", stderr); }
			fputs(")\n", stderr);
			debug_state(x, id, e->at);
		}
	}
}
void debug_held(const struct explorer *x, const uint32_t *order, uint32_t nr);
void debug_held(const struct explorer *x, const uint32_t *order, uint32_t nr)
{
	for (uint32_t k = 0; k < nr; k++) {
		fact_id id = order[k];
		const struct summary *s = x->summary[id];
		GHashTable *seen;
		if (!s) continue;
		seen = g_hash_table_new(g_str_hash, g_str_equal);
		for (guint i = 0; i < s->balanced->len; i++) {
			const struct exit_state *e = g_ptr_array_index(s->balanced, i);
			GString *g = g_string_new("");
			for (guint j = 0; j < e->state->held->len; j++) {
				const struct held *h = &g_array_index(e->state->held, struct held, j);
				g_string_append_printf(g, "[c%u k%u n%d %s", h->class, h->kind, h->count, h->all ? "all " : h->many ? "many " : "");
				term_text(x->p, x->t, id, h->object, g);
				g_string_append(g, "]");
			}
			if (e->state->held->len) g_hash_table_add(seen, g->str);
		}
		if (g_hash_table_size(seen)) {
			GList *l = g_hash_table_get_keys(seen);
			fprintf(stderr, "HELD %s (%u exits, %u sets):", FACT_FUNCTION(x->p->f, id)->display, s->exits->len, g_hash_table_size(seen));
			for (GList *i = l; i; i = i->next) fprintf(stderr, "  {%s}", (char *)i->data);
			fprintf(stderr, "\n");
		}
	}
}
