/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the JSON form, shared by the result_json*.c files only. */
#ifndef XLA_RESULT_JSON_INT_H
#define XLA_RESULT_JSON_INT_H

#include <jansson.h>

#include "result.h"

/* All return a new reference.  Text that is not UTF-8 is made so; NULL is
 * null. */
json_t *text_json(const char *text);
json_t *tool_json(void);
json_t *tree_json(const struct result *r);
json_t *rule_json(const struct result *r);
json_t *ordering_json(const struct result *r, const struct ordering *o);
json_t *finding_json(const struct result *r, const struct finding *f);
json_t *assumption_json(const struct assumption *a);

#endif
