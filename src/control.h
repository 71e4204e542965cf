/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XLA_CONTROL_H
#define XLA_CONTROL_H

#include <stdbool.h>

#include "handup.h"

/* Is OWNER, a term of P's holder, no control domain whenever P comes about: by
 * what the holder knows, or as the acquisition asks for what none is? */
bool control_is_excluded(const struct handup *h, const struct pair *p,
			 term_id owner);

#endif
