/* SPDX-License-Identifier: GPL-2.0-only */
/* A root cell on the fake machine that changes its colors: 8 MiB of 16 colors. */
#ifndef RECOLOR_ROOT_H
#define RECOLOR_ROOT_H

#include "cells.h"
#include "colored-blobs.h"

#define ALL		0xffffull
#define HIGH		0xfff0ull
#define LOW		0x000full

/* Its configuration: setup() makes it anew, boot() takes it. */
extern struct recolor_system sys;

/* For cmocka: boots, and fills the memory that moves. */
int setup(void **state);
int boot(void);
void root_fill(void);
/* The page of the root that is so far into this memory; NULL: none. */
uint64_t *root_page(uint64_t at);
/* All bytes are there, on pages of these colors and no others. */
void expect_on(uint64_t colors);

/* Asks for colors, of which `answer` may be NULL; makes a step, or all of them. */
long ask(uint64_t colors, uint32_t flags, struct color_request *answer);
long step(uint32_t flags);
unsigned int run(void);
/* Both, which must succeed. */
void go(uint64_t colors);
uint64_t colors_of_root(void);

#endif
