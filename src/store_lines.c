/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of source by what is in them. */
#include "store.h"

#include "db.h"
#include "store_int.h"

/* The file's own index serves the lines behind. */
static const char select_lines[] =
	"SELECT DISTINCT f.path, near.line, near.text FROM source_line AS l "
	"JOIN source_line AS near ON near.file = l.file AND "
	"near.line BETWEEN l.line AND l.line + ? "
	"JOIN file AS f ON f.id = l.file "
	"WHERE instr(l.text, ?) > 0 ORDER BY f.path, near.line";

static void line_clear(void *p)
{
	struct store_line *line = p;

	g_free(line->file);
	g_free(line->text);
}

int store_lines(struct store *st, const char *mark, unsigned behind,
		GArray **out)
{
	struct db_statement *s;
	int row;

	*out = NULL;
	if (db_prepare(st->db, &s, select_lines) < 0)
		return -1;
	db_bind_int(s, 1, behind);
	db_bind_text(s, 2, mark);
	*out = g_array_new(FALSE, FALSE, sizeof(struct store_line));
	g_array_set_clear_func(*out, line_clear);
	while ((row = db_step(s)) == 1) {
		const struct store_line line = {
			.file = g_strdup(db_column_text(s, 0)),
			.line = (uint32_t)db_column_int(s, 1),
			.text = g_strdup(db_column_text(s, 2)),
		};

		g_array_append_val(*out, line);
	}
	db_finalize(s);
	if (row == 0)
		return 0;
	g_clear_pointer(out, g_array_unref);
	return -1;
}
