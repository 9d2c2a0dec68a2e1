// SPDX-License-Identifier: GPL-2.0-only
/* A terminal that shows one page after the other. */
#include "screen.h"

#include <string.h>
#include <sys/ioctl.h>

struct screen_size screen_size(FILE *out)
{
	struct winsize window;
	int fd = fileno(out);

	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &window))
		return (struct screen_size){ 0 };
	return (struct screen_size){ window.ws_row, window.ws_col };
}

void screen_print(FILE *out, const char *text, struct screen_size size,
		  unsigned int below)
{
	unsigned int left = size.rows > below ? size.rows - below : 1;

	for (; *text && (left || !size.rows); left--) {
		size_t length = strcspn(text, "\n");
		size_t shown = length;

		if (size.columns && shown > size.columns)
			shown = size.columns;
		fprintf(out, "%.*s\n", (int)shown, text);
		text += length + (text[length] == '\n');
	}
}
