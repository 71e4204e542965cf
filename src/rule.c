/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules by name, and as tables of rows and levels by class, as they are
 * applied.  What a table makes of an ordering is in rule_judge.c; reading a
 * rule out of the tree's code in rule_read.c, out of a file in rule_file.c.
 */
#include "rule.h"

#include <string.h>

#include "diag.h"
#include "result_table.h"
#include "rule_int.h"

static const struct { const char *name; enum rule_form form; } forms[] = {
	{ "none", RULE_NONE },
	{ "control-domain", RULE_CONTROL_DOMAIN },
	{ "current-domain", RULE_CURRENT_DOMAIN },
};

/* The tree's own bias, if it has one, serves a rule that is given by name. */
static int bias_of_tree(const struct facts *f, const struct rule_names *names)
{
	struct rule own;
	int bias = 0;

	if (f && rule_read(&own, f, names) == 0)
		bias = own.bias;
	if (f)
		rule_release(&own);
	return bias;
}

static int unknown_form(const struct rule *rule)
{
	return diag_error("%s: the level of a lock is computed or compared in a "
			  "form that is not known; name the rule with --rule",
			  rule->source);
}

int rule_select(struct rule *out, const char *name, const struct facts *f,
		const struct rule_names *names)
{
	memset(out, 0, sizeof(*out));
	if (strcmp(name, "auto") == 0)
		return rule_read(out, f, names) < 0 ? unknown_form(out) : 0;
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (strcmp(name, forms[i].name) != 0)
			continue;
		out->name = forms[i].name;
		out->form = forms[i].form;
		out->source = g_strdup("option");
		if (out->form != RULE_NONE)
			out->bias = bias_of_tree(f, names);
		return 0;
	}
	if (g_file_test(name, G_FILE_TEST_EXISTS))
		return rule_file_read(out, name);
	return diag_error("no rule and no file is called '%s'; there are auto, "
			  "none, control-domain and current-domain", name);
}

static bool is_word(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
		if (strcmp(name, forms[i].name) == 0)
			return true;
	return strcmp(name, "auto") == 0;
}

char *rule_key(const char *name)
{
	char *text, *sum;
	gsize length;

	if (is_word(name) || !g_file_test(name, G_FILE_TEST_IS_REGULAR) ||
	    !g_file_get_contents(name, &text, &length, NULL))
		return g_strdup(name);
	sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
					  (const guchar *)text, length);
	g_free(text);
	return sum;
}

void rule_release(struct rule *rule)
{
	g_free(rule->source);
	g_free(rule->text);
	if (rule->row)
		g_array_unref(rule->row);
	if (rule->level)
		g_array_unref(rule->level);
	memset(rule, 0, sizeof(*rule));
}

static int highest_level(const struct result *r)
{
	int highest = 0;

	for (guint i = 0; i < r->classes->len; i++)
		highest = MAX(highest, result_class(r, i)->level);
	return highest;
}

static const struct rule_row control_row = {
	.asked = 1U << ASK_CONTROL, .wanted = 1U << ASK_CONTROL,
	.offset = RULE_TOP,
};

static const struct rule_row current_row = {
	.asked = 1U << ASK_CURRENT, .wanted = 1U << ASK_CURRENT,
	.offset = RULE_TOP,
};

static void set_rows(struct rule_table *table, const struct rule *rule)
{
	switch (rule->form) {
	case RULE_CONTROL_DOMAIN:
		table->row = &control_row;
		table->row_nr = 1;
		break;
	case RULE_CURRENT_DOMAIN:
		table->row = &current_row;
		table->row_nr = 1;
		break;
	case RULE_FILE:
		table->row = (const struct rule_row *)(void *)rule->row->data;
		table->row_nr = rule->row->len;
		break;
	case RULE_NONE:
	case RULE_UNKNOWN_FORM:
		break;
	}
}

static bool is_for_class(const struct rule_row *row, const char *class)
{
	if (!row->classes)
		return true;
	return g_strv_contains((const char *const *)row->classes, class) !=
	       row->but;
}

static int level_of_class(const struct rule *rule,
			  const struct lock_class *class)
{
	for (guint i = 0; rule->level && i < rule->level->len; i++) {
		const struct rule_level *level =
			&g_array_index(rule->level, struct rule_level, i);

		if (strcmp(level->class, class->name) == 0)
			return level->level;
	}
	return class->level;
}

/* No name is lost in silence: a tree may be older or newer than the file. */
static void tell_unknown(const struct rule *rule, const struct result *r,
			 const char *name)
{
	for (guint i = 0; i < r->classes->len; i++)
		if (strcmp(result_class(r, i)->name, name) == 0)
			return;
	diag_warning("rule '%s': this tree has no lock class '%s'", rule->name,
		     name);
}

static void tell_all_unknown(const struct rule *rule, const struct result *r)
{
	for (guint i = 0; rule->level && i < rule->level->len; i++)
		tell_unknown(rule, r, g_array_index(rule->level,
						    struct rule_level,
						    i).class);
	for (guint i = 0; rule->row && i < rule->row->len; i++) {
		char **class = g_array_index(rule->row, struct rule_row,
					     i).classes;

		for (; class && *class; class++)
			tell_unknown(rule, r, *class);
	}
}

static void table_init(struct rule_table *table, const struct rule *rule,
		       const struct result *r)
{
	memset(table, 0, sizeof(*table));
	set_rows(table, rule);
	table->class_nr = r->classes->len;
	table->level = g_new0(int, table->class_nr + 1);
	table->fits = g_new0(uint8_t, table->class_nr * table->row_nr + 1);
	table->top = rule->bias ? rule->bias : highest_level(r);
	for (guint i = 0; i < table->class_nr; i++)
		table->level[i] = level_of_class(rule, result_class(r, i));
	for (guint i = 0; i < table->row_nr; i++) {
		table->asked |= table->row[i].asked;
		for (guint k = 0; k < table->class_nr; k++)
			table->fits[i * table->class_nr + k] = is_for_class(
				&table->row[i], result_class(r, k)->name);
	}
}

static void table_release(struct rule_table *table)
{
	g_free(table->level);
	g_free(table->fits);
}

/* The bias of a file's rule is the highest of its offsets. */
static int shown_bias(const struct rule_table *table)
{
	int bias = 0;

	for (guint i = 0; i < table->row_nr; i++)
		bias = MAX(bias, table->row[i].offset == RULE_TOP
					 ? table->top : table->row[i].offset);
	return bias;
}

void rule_apply(const struct rule *rule, struct result *r)
{
	struct rule_table table;

	tell_all_unknown(rule, r);
	table_init(&table, rule, r);
	r->rule.name = result_text(r, rule->name);
	r->rule.source = result_text(r, rule->source);
	r->rule.bias = shown_bias(&table);
	for (guint i = 0; i < r->orderings->len; i++)
		rule_judge(&table, r, r->orderings->pdata[i]);
	table_release(&table);
}
