/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which tree the commands of a work directory are of: what collect knows, for
 * an extract that gets the directory alone.
 */
#ifndef XLA_IDENTITY_H
#define XLA_IDENTITY_H

struct identity {
	char *version;	/* "4.17.5"; all three: NULL if not known */
	char *commit;	/* 40 hex digits */
	char *config;	/* "widest" */
};

/* Writes it into the directory WORK. */
int identity_write(const struct identity *identity, const char *work);

/*
 * That of the directory which COMPDB, compile_commands.json or the directory
 * it is in, belongs to.  What is not there, or cannot be read, is not known.
 */
void identity_read(struct identity *identity, const char *compdb);
void identity_release(struct identity *identity);

#endif
