/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal that shows one page after the other. */
#ifndef REGCTL_SCREEN_H
#define REGCTL_SCREEN_H

#include <stdio.h>

struct screen_size {
	unsigned int rows, columns;	/* 0: without an end */
};

/* Of the terminal behind `out` as it is now; without ends where none is known. */
struct screen_size screen_size(FILE *out);

/*
 * The lines of `text` that fit above `below` further ones, each no longer than a
 * row: what does not fit must not push out what does.
 */
void screen_print(FILE *out, const char *text, struct screen_size size,
		  unsigned int below);

#endif
