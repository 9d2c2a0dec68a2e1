/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text output: through the hypervisor, or to a UART the cell owns. */
#include "inmate.h"

#define PUTC_BUSY		(-16)	/* -EBUSY: try again */
#define PUTC_TRIES		100000

/* The hypervisor takes so many characters a second: try until it does. */
static void virtual_putc(char character)
{
	for (int n = 0; n < PUTC_TRIES; n++) {
		if (inmate_hypercall(HC_DEBUG_CONSOLE_PUTC,
				     (unsigned char)character, 0) != PUTC_BUSY)
			return;
	}
}

void inmate_putc(char character)
{
	const struct comm_region_head *head = &comm_region()->head;

	uart_putc(&head->console, character);
	if (head->flags & COMM_PUTC_ACTIVE)
		virtual_putc(character);
}

static void put_number(uint64_t value, unsigned int base, bool negative,
		       unsigned int width, char pad)
{
	char digits[24];
	unsigned int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative && pad == '0')
		inmate_putc('-');
	for (unsigned int n = count + negative; n < width; n++)
		inmate_putc(pad);
	if (negative && pad != '0')
		inmate_putc('-');
	while (count)
		inmate_putc(digits[--count]);
}

static void put_string(const char *text)
{
	if (!text)
		text = "(null)";
	while (*text)
		inmate_putc(*text++);
}

static void put_signed(int64_t value, unsigned int width, char pad)
{
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	put_number(magnitude, 10, value < 0, width, pad);
}

static uint64_t take_unsigned(va_list *args, unsigned int longs)
{
	if (longs > 1)
		return va_arg(*args, unsigned long long);
	return longs ? va_arg(*args, unsigned long) :
		       va_arg(*args, unsigned int);
}

static int64_t take_signed(va_list *args, unsigned int longs)
{
	if (longs > 1)
		return va_arg(*args, long long);
	return longs ? va_arg(*args, long) : va_arg(*args, int);
}

/* One conversion; returns the character after it. */
static const char *put_conversion(const char *format, va_list *args)
{
	char pad = *format == '0' ? '0' : ' ';
	unsigned int width = 0, longs = 0;

	while (*format >= '0' && *format <= '9')
		width = width * 10 + (unsigned int)(*format++ - '0');
	while (*format == 'l') {
		format++;
		longs++;
	}
	switch (*format) {
	case 's':
		put_string(va_arg(*args, const char *));
		break;
	case 'c':
		inmate_putc((char)va_arg(*args, int));
		break;
	case 'd':
		put_signed(take_signed(args, longs), width, pad);
		break;
	case 'u':
	case 'x':
		put_number(take_unsigned(args, longs),
			   *format == 'x' ? 16 : 10, false, width, pad);
		break;
	case '\0':
		return format;
	default:
		inmate_putc(*format);
	}
	return format + 1;
}

void inmate_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	while (*format) {
		if (*format == '%')
			format = put_conversion(format + 1, &args);
		else
			inmate_putc(*format++);
	}
	va_end(args);
}
