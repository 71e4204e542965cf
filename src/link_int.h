/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to link*.c. */
#ifndef XLA_LINK_INT_H
#define XLA_LINK_INT_H

#include "facts_table.h"
#include "link.h"

/* New ids of a body's references, by old ids. */
struct id_map {
	fact_id *string, *type, *file, *record, *field, *global, *function;
};

void id_map_init(struct id_map *map, const struct facts *f);
void id_map_release(struct id_map *map);

/* Replaces the references in body, in place; NULL members of map: keep. */
void body_renumber(struct fact_body *body, const struct id_map *map);

/* A translation unit, as far as the end of the link needs it. */
struct link_unit {
	const char *file, *object;
	uint64_t digest;	/* of all its facts: a last resort of the order */
	GArray *definition;	/* uint32_t: of linker->definition */
};

/* A function with a body, the same in one or more units. */
struct definition {
	fact_id function;	/* whose key it has */
	struct fact_function at;/* what the defining unit says; body unused */
	GBytes *bytes;		/* at, then the body, in ids of linker->joint */
	gsize body_offset;	/* in bytes */
};

/* Which unit an element's attributes are from, and how much they say. */
struct claim {
	uint32_t unit;
	uint32_t score;
};

/* Elements of one table of linker->joint by key, and their claims. */
struct link_table {
	GHashTable *id;		/* key -> id */
	GArray *claim;		/* struct claim, by id */
};

struct linker {
	struct facts *joint;
	struct link_table type, file, record, field, global, function;
	GHashTable *asm_symbol;	/* "name\nfile\nline": those seen */
	GHashTable *source_line;/* file << 32 | line -> index */
	GPtrArray *unit;	/* struct link_unit * */
	GArray *definition;	/* struct definition */
	GHashTable *definition_id; /* GBytes -> id + 1 */
	GPtrArray *kept;	/* borrowed; see linker_keep */
};

/* The order of units, whatever the order of additions was. */
int link_unit_compare(const struct link_unit *a, const struct link_unit *b);

/* link_join.c: puts tu's tables into l->joint and says where they went. */
void link_join(struct linker *l, uint32_t unit, const struct facts *tu,
	       struct id_map *map);

/*
 * link_variant.c: gives every function of l->joint its body, and appends the
 * variants.  l->unit must be in order.  For each function of l->joint:
 * base[id] is the function whose key it was made from (id itself but for
 * variants), object[id] the object of the unit that defines it or NULL.
 */
void link_variants(struct linker *l, GArray *base, GPtrArray *object);

/* link_name.c: sets the display names. */
void link_display_names(struct facts *f, const GArray *base,
			const GPtrArray *object);

/* link_sort.c: new facts, every table sorted; takes the bodies out of f. */
struct facts *link_sorted(struct facts *f);

#endif
