/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the output: one table an enum. */
#include "result_words.h"

#include <string.h>

const char *const mode_words[] = {
	[MODE_WRITE] = "write", [MODE_READ] = "read", [MODE_SPIN] = "spin",
	[MODE_ORDER] = "order", [MODE_TRY] = "try", NULL,
};

const char *const form_words[] = {
	[FORM_LOCK] = "lock", [FORM_RWLOCK] = "rwlock",
	[FORM_ORDER] = "order", NULL,
};

const char *const owner_words[] = {
	[OWNER_CURRENT] = "current", [OWNER_SUBJECT] = "subject",
	[OWNER_REMOTE] = "remote", [OWNER_PARENT] = "parent",
	[OWNER_THIRD] = "third", [OWNER_SPECIAL] = "special",
	[OWNER_NONE] = "none", [OWNER_ANY] = "any", NULL,
};

const char *const instance_words[] = {
	[INSTANCE_HOST] = "host", [INSTANCE_NESTED] = "nested",
	[INSTANCE_ALTERNATE] = "alternate", [INSTANCE_ANY] = "any", NULL,
};

const char *const privilege_words[] = {
	[PRIVILEGE_NONE] = "none", [PRIVILEGE_TARGET] = "target",
	[PRIVILEGE_DEVICE_MODEL] = "device-model",
	[PRIVILEGE_CONTROL] = "control-domain", NULL,
};

const char *const relation_words[] = {
	[RELATION_SAME] = "same", [RELATION_DIFFERENT] = "different",
	[RELATION_UNKNOWN] = "unknown", NULL,
};

const char *const verdict_words[] = {
	[VERDICT_ALLOWED] = "allowed", [VERDICT_RECURSIVE] = "recursive",
	[VERDICT_CONDITIONAL] = "conditional",
	[VERDICT_VIOLATION] = "violation", NULL,
};

const char *const context_words[] = {
	[CONTEXT_RUNNING] = "running", [CONTEXT_BOOT] = "boot",
	[CONTEXT_DUMP] = "dump", [CONTEXT_GOING_DOWN] = "going-down", NULL,
};

const char *const tristate_words[] = {
	[TRI_NO] = "no", [TRI_YES] = "yes", [TRI_UNKNOWN] = "unknown", NULL,
};

const char *const event_words[] = {
	[STEP_ENTRY] = "entry", [STEP_CALL] = "call",
	[STEP_INDIRECT_CALL] = "indirect-call", [STEP_ACQUIRE] = "acquire",
	[STEP_RELEASE] = "release", [STEP_BRANCH] = "branch",
	[STEP_RETURN] = "return", NULL,
};

const char *const severity_words[] = {
	[SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning",
	[SEVERITY_NOTE] = "note", NULL,
};

const char *const outcome_words[] = {
	[OUTCOME_CLEAN] = "clean", [OUTCOME_VIOLATIONS] = "violations",
	[OUTCOME_INCOMPLETE] = "incomplete", NULL,
};

char *words_step_note(const struct witness_step *step)
{
	if (!step->via)
		return NULL;
	if (step->event == STEP_BRANCH)
		return g_strdup_printf("where '%s' is %s", step->via,
				       step->taken ? "true" : "false");
	return g_strdup_printf("via %s", step->via);
}

int words_find(const char *const *words, const char *word)
{
	for (int i = 0; word && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}
