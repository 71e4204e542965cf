/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder: pages, what they look like, what they do, and their data. */
#include "report_html_int.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "embedded.h"
#include "ledger_fold.h"
#include "output.h"
#include "result_words.h"

guint html_text_number(struct html_report *h, const char *text)
{
	return text_table_add(h->text, text);
}

static char *lock_key(const struct lock_ref *lock)
{
	return g_strdup_printf("%u %d %d %d %d %u %u %s\n%s", lock->class,
			       (int)lock->instance, (int)lock->owner,
			       (int)lock->mode, (int)lock->owner_control,
			       lock->domain, lock->site.line,
			       lock->site.function, lock->site.file);
}

guint html_lock_number(struct html_report *h, const struct lock_ref *lock)
{
	char *key = lock_key(lock);
	void *number;

	if (g_hash_table_lookup_extended(h->lock, key, NULL, &number)) {
		g_free(key);
		return GPOINTER_TO_UINT(number);
	}
	g_hash_table_insert(h->lock, key, GUINT_TO_POINTER(h->locks->len));
	g_ptr_array_add(h->locks, (void *)lock);
	return h->locks->len - 1;
}

guint html_ordering_number(const struct html_report *h,
			   const struct ordering *o)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(h->ordering, o));
}

unsigned html_count_verdict(const struct result *r, enum verdict verdict,
			    bool running)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];

		nr += o->verdict == verdict &&
		      (!running || o->context == CONTEXT_RUNNING);
	}
	return nr;
}

unsigned html_count_severity(const struct result *r, enum severity severity,
			     bool running)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		nr += f->severity == severity &&
		      (!running || f->context == CONTEXT_RUNNING);
	}
	return nr;
}

static void init(struct html_report *h, const struct report_html *in)
{
	h->in = in;
	h->r = in->result;
	h->ledger = ledger_fold(h->r);
	h->text = text_table_new();
	h->lock = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	h->locks = g_ptr_array_new();
	h->ordering = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < h->r->orderings->len; i++)
		g_hash_table_insert(h->ordering, h->r->orderings->pdata[i],
				    GUINT_TO_POINTER(i));
}

static void release(struct html_report *h)
{
	g_ptr_array_unref(h->ledger);
	text_table_free(h->text);
	g_hash_table_unref(h->lock);
	g_ptr_array_unref(h->locks);
	g_hash_table_unref(h->ordering);
}

/* A file of dir; NAME is a name without a folder. */
static int open_file(struct output *out, const char *dir, const char *name)
{
	char *path = g_build_filename(dir, name, NULL);
	int ret = output_open(out, path);

	g_free(path);
	return ret;
}

static int write_first(const struct html_report *h, const char *dir)
{
	struct output out;

	if (open_file(&out, dir, h->in->page) < 0)
		return -1;
	html_first_page(out.stream, h);
	return output_close(&out);
}

static int write_shell(const struct html_report *h, const char *dir,
		       const struct html_shell *shell)
{
	struct output out;

	if (open_file(&out, dir, shell->file) < 0)
		return -1;
	html_page_open(out.stream, h, shell->title, "");
	if (shell->lead)
		fprintf(out.stream, "<p>%s</p>\n", shell->lead);
	shell->body(out.stream, h);
	html_page_close(out.stream, h, "", shell->data, shell->script);
	return output_close(&out);
}

static int write_data(struct html_report *h, const char *dir,
		      const struct html_data *data)
{
	char *name = g_strconcat(data->name, ".data.js", NULL);
	struct json_writer *w;
	struct output out;
	int ret = open_file(&out, dir, name);

	g_free(name);
	if (ret < 0)
		return -1;
	fprintf(out.stream, "xla.data.%s =\n", data->name);
	w = json_writer_new(out.stream, false);
	data->write(w, h);
	g_free(json_writer_finish(w));
	return output_close(&out);
}

static int write_asset(const char *dir, const struct embedded_asset *asset)
{
	struct output out;

	if (open_file(&out, dir, asset->name) < 0)
		return -1;
	fputs(asset->text, out.stream);
	return output_close(&out);
}

static int write_folder(struct html_report *h, const char *dir)
{
	int ret = 0;

	for (const struct embedded_asset *a = embedded_assets;
	     a->name && ret == 0; a++)
		ret = write_asset(dir, a);
	for (const struct html_data *d = html_data; d->name && ret == 0; d++)
		ret = write_data(h, dir, d);
	for (const struct html_shell *s = html_shells; s->file && ret == 0; s++)
		ret = write_shell(h, dir, s);
	return ret;
}

int report_html_write(const struct report_html *in, const char *dir)
{
	char *folder = g_build_filename(dir, REPORT_HTML_FOLDER, NULL);
	struct html_report h;
	int ret;

	init(&h, in);
	if (g_mkdir_with_parents(folder, 0777) < 0)
		ret = diag_error("cannot create '%s': %s", folder,
				 strerror(errno));
	else
		ret = write_folder(&h, folder);
	if (ret == 0)
		ret = write_first(&h, dir);
	release(&h);
	g_free(folder);
	return ret;
}
