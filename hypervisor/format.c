/* SPDX-License-Identifier: GPL-2.0-only */
/* Text formatting without a C library; reasons of refusals. */
#include "hv/printk.h"
#include "hv/reason.h"
#include "hv/string.h"
#include "hv/types.h"

#define MAX_DIGITS	20	/* of a 64-bit number, decimal */
#define MAX_WIDTH	64
#define MAX_PRECISION	1024	/* beyond any text: it must not cut one */

struct output {
	char *buffer;
	size_t size;
	size_t length;
};

/* One conversion: %[-][0][width][.precision][l|ll|z]letter. */
struct conversion {
	bool left;
	char pad;
	unsigned int width;
	unsigned int precision;	/* of strings */
	unsigned int longs;
	char letter;
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buffer[out->length++] = c;
}

static void put_padded(struct output *out, const struct conversion *conversion,
		       const char *text, size_t length)
{
	size_t fill = conversion->width > length ? conversion->width - length : 0;

	if (!conversion->left) {
		for (size_t i = 0; i < fill; i++)
			put(out, conversion->pad);
	}
	for (size_t i = 0; i < length; i++)
		put(out, text[i]);
	if (conversion->left) {
		for (size_t i = 0; i < fill; i++)
			put(out, ' ');
	}
}

static void put_number(struct output *out, struct conversion *conversion,
		       uint64_t value, bool negative)
{
	unsigned int base = conversion->letter == 'x' ? 16 : 10;
	char digits[MAX_DIGITS + 1];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative && conversion->pad == '0') {
		put(out, '-');
		if (conversion->width)
			conversion->width--;
	} else if (negative) {
		digits[--at] = '-';
	}
	put_padded(out, conversion, &digits[at], sizeof(digits) - at);
}

static const char *parse_number(const char *format, unsigned int most,
				unsigned int *number)
{
	*number = 0;
	for (; *format >= '0' && *format <= '9'; format++) {
		if (*number < most)
			*number = *number * 10 + (unsigned int)(*format - '0');
	}
	if (*number > most)
		*number = most;
	return format;
}

/* `format` is behind the percent sign; returns what follows the letter. */
static const char *parse(const char *format, struct conversion *conversion)
{
	*conversion = (struct conversion){ .pad = ' ' };
	for (; *format == '-' || *format == '0'; format++) {
		if (*format == '-')
			conversion->left = true;
		else
			conversion->pad = '0';
	}
	format = parse_number(format, MAX_WIDTH, &conversion->width);
	if (*format == '.')
		format = parse_number(format + 1, MAX_PRECISION,
				      &conversion->precision);
	else
		conversion->precision = UINT32_MAX;
	for (; *format == 'l' || *format == 'z'; format++)
		conversion->longs++;
	conversion->letter = *format;
	return *format ? format + 1 : format;
}

static void put_string(struct output *out, struct conversion *conversion,
		       const char *text)
{
	size_t limit = out->size - out->length;

	if (conversion->precision < limit)
		limit = conversion->precision;
	conversion->pad = ' ';
	if (!text)
		text = "(null)";
	put_padded(out, conversion, text, strnlen(text, limit));
}

/* Types follow from the letter and its longs, as the compiler checks them. */
static void convert(struct output *out, struct conversion *conversion,
		    va_list *args)
{
	char c;

	switch (conversion->letter) {
	case 's':
		put_string(out, conversion, va_arg(*args, const char *));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_padded(out, conversion, &c, 1);
		break;
	case 'd': {
		int64_t value = conversion->longs ? va_arg(*args, long long)
						  : va_arg(*args, int);
		uint64_t magnitude = (uint64_t)value;

		put_number(out, conversion,
			   value < 0 ? 0 - magnitude : magnitude, value < 0);
		break;
	}
	case 'u':
	case 'x':
		put_number(out, conversion,
			   conversion->longs ? va_arg(*args, unsigned long long)
					     : va_arg(*args, unsigned int),
			   false);
		break;
	default:
		put(out, conversion->letter ? conversion->letter : '%');
	}
}

size_t hv_vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = { buffer, size, 0 };
	va_list copy;

	if (size == 0)
		return 0;
	va_copy(copy, args);
	while (*format && out.length + 1 < size) {
		struct conversion conversion;

		if (*format != '%') {
			put(&out, *format++);
			continue;
		}
		format = parse(format + 1, &conversion);
		convert(&out, &conversion, &copy);
	}
	va_end(copy);
	buffer[out.length] = '\0';
	return out.length;
}

size_t hv_snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = hv_vsnprintf(buffer, size, format, args);
	va_end(args);
	return length;
}

int refuse(struct reason *reason, int error, const char *format, ...)
{
	va_list args;

	if (!reason)
		return error;
	va_start(args, format);
	hv_vsnprintf(reason->text, sizeof(reason->text), format, args);
	va_end(args);
	return error;
}
