// SPDX-License-Identifier: GPL-2.0-only
/* Which words are spelled nearly like another one. */
#include <ctype.h>
#include <string.h>

#include "events.h"

#define WORD_MAX	(EVENT_NAME_BYTES - 1)
#define NEAR_COUNT	3u

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

/* Insertions, deletions and replacements, row by row. */
unsigned int name_distance(const char *a, const char *b)
{
	size_t length = strnlen(b, WORD_MAX);
	unsigned int row[WORD_MAX + 1];

	for (unsigned int n = 0; n <= length; n++)
		row[n] = n;
	for (unsigned int i = 0; a[i] && i < WORD_MAX; i++) {
		unsigned int corner = row[0];

		row[0] = i + 1;
		for (unsigned int n = 1; n <= length; n++) {
			bool equal = toupper((unsigned char)a[i]) ==
				     toupper((unsigned char)b[n - 1]);
			unsigned int above = row[n];

			row[n] = least(above + 1, row[n - 1] + 1,
				       corner + !equal);
			corner = above;
		}
	}
	return row[length];
}

void nearest_see(struct nearest *nearest, const char *word)
{
	unsigned int distance = name_distance(nearest->wanted, word);
	unsigned int place = nearest->count;

	for (unsigned int n = 0; n < nearest->count; n++)
		if (strcmp(nearest->words[n], word) == 0)
			return;
	while (place > 0 && nearest->distance[place - 1] > distance)
		place--;
	if (place == NEAR_COUNT)
		return;
	if (nearest->count < NEAR_COUNT)
		nearest->count++;
	for (unsigned int n = nearest->count - 1; n > place; n--) {
		memcpy(nearest->words[n], nearest->words[n - 1],
		       sizeof(nearest->words[n]));
		nearest->distance[n] = nearest->distance[n - 1];
	}
	snprintf(nearest->words[place], sizeof(nearest->words[place]), "%s",
		 word);
	nearest->distance[place] = distance;
}

/* Half of the word may differ: beyond that it is another one. */
void nearest_print(const struct nearest *nearest, char *text, size_t size)
{
	size_t limit = strlen(nearest->wanted) / 2 + 1;
	unsigned int count = 0;
	size_t length = 0;

	while (count < nearest->count && nearest->distance[count] <= limit)
		count++;
	text[0] = '\0';
	for (unsigned int n = 0; n < count && length < size; n++)
		length += (size_t)snprintf(text + length, size - length,
					   "%s%s", n == 0 ? ", perhaps " :
					   n + 1 < count ? ", " : " or ",
					   nearest->words[n]);
}
