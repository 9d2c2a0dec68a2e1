// SPDX-License-Identifier: GPL-2.0-only
/*
 * memsums MIB FILE: fills so many MiB of its own memory with words that it can tell,
 * and while FILE exists reads page after page, compares each word with what it must
 * be, and writes every third page anew. At last it reads all of them once more.
 * Prints pages held, pages compared, rounds begun, and wrong pages.
 *
 * memsums kernel: prints how many bytes of code the kernel has, and a sum of
 * them.
 */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES	4096u
#define PAGE_WORDS	(PAGE_BYTES / sizeof(uint64_t))
#define SEGMENTS_MAX	64u
#define PRIME		0x100000001b3ull
#define ODD		0x9e3779b97f4a7c15ull

struct pages {
	uint64_t *words;
	uint32_t *written;	/* how many times, by page */
	uint64_t count;
	uint64_t compared;
	uint64_t wrong;
};

__attribute__((noreturn))
static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

/* --------------------------------------------------------- own memory */

/*
 * After so many pages, for 40 ms. In QEMU that counts instructions a CPU that tells
 * others to flush waits for the turns of all that are busy.
 */
#define REST_PAGES	512u

static void rest(void)
{
	const struct timespec time = { .tv_nsec = 40000000 };

	nanosleep(&time, NULL);
}

static uint64_t first_word(const struct pages *pages, uint64_t page)
{
	uint64_t seed = page << 32 | pages->written[page];

	/* Two processes do not hold the same. */
	return (seed + (uint64_t)getpid()) * ODD;
}

static void page_write(struct pages *pages, uint64_t page)
{
	uint64_t *words = &pages->words[page * PAGE_WORDS];
	uint64_t word;

	pages->written[page]++;
	word = first_word(pages, page);
	for (unsigned int i = 0; i < PAGE_WORDS; i++)
		words[i] = word + i * PRIME;
}

static void page_compare(struct pages *pages, uint64_t page)
{
	const uint64_t *words = &pages->words[page * PAGE_WORDS];
	uint64_t word = first_word(pages, page);
	uint64_t differ = 0;

	for (unsigned int i = 0; i < PAGE_WORDS; i++)
		differ |= words[i] ^ (word + i * PRIME);
	pages->compared++;
	pages->wrong += differ != 0;
}

static void *memory(uint64_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		give_up("memsums: mmap");
	return at;
}

static int hold(uint64_t bytes, const char *file)
{
	struct pages pages = { .count = bytes / PAGE_BYTES };
	uint64_t rounds = 0;

	pages.words = memory(bytes);
	pages.written = memory(pages.count * sizeof(*pages.written));
	for (uint64_t page = 0; page < pages.count; page++)
		page_write(&pages, page);
	while (access(file, F_OK) == 0) {
		rounds++;
		for (uint64_t page = 0; page < pages.count; page++) {
			page_compare(&pages, page);
			if (page % 3 == rounds % 3)
				page_write(&pages, page);
			if (page % REST_PAGES)
				continue;
			rest();
			if (access(file, F_OK))
				break;
		}
	}
	for (uint64_t page = 0; page < pages.count; page++)
		page_compare(&pages, page);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	       pages.count, pages.compared, rounds, pages.wrong);
	return pages.wrong != 0;
}

/* ------------------------------------------------------------- kernel */

static uint64_t symbol(const char *wanted)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[512], name[256];
	uint64_t address, found = 0;

	if (!file)
		give_up("memsums: kallsyms");
	while (!found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 " %*c %255s", &address, name) == 2 &&
		    strcmp(name, wanted) == 0)
			found = address;
	}
	fclose(file);
	return found;
}

/* Where in the core file the byte at this address is; -1: nowhere. */
static int64_t core_offset(int core, uint64_t address)
{
	Elf64_Phdr segments[SEGMENTS_MAX];
	Elf64_Ehdr head;

	if (pread(core, &head, sizeof(head), 0) != sizeof(head) ||
	    head.e_phnum > SEGMENTS_MAX ||
	    pread(core, segments, head.e_phnum * sizeof(segments[0]),
		  (off_t)head.e_phoff) < 0)
		return -1;
	for (unsigned int i = 0; i < head.e_phnum; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
		    address - segment->p_vaddr < segment->p_memsz)
			return (int64_t)(segment->p_offset + address -
					 segment->p_vaddr);
	}
	return -1;
}

static int kernel(void)
{
	static uint64_t words[65536 / sizeof(uint64_t)];
	uint64_t start = symbol("_stext"), end = symbol("_etext");
	uint64_t sum = 0, done = 0;
	int core = open("/proc/kcore", O_RDONLY);
	int64_t at;

	if (core < 0)
		give_up("memsums: kcore");
	at = start && end > start ? core_offset(core, start) : -1;
	if (at < 0) {
		fprintf(stderr, "memsums: no kernel from 0x%" PRIx64 " to 0x%"
			PRIx64 "\n", start, end);
		return 1;
	}
	while (done < end - start) {
		uint64_t left = end - start - done;
		size_t step = left < sizeof(words) ? left : sizeof(words);
		ssize_t got = pread(core, words, step, (off_t)((uint64_t)at +
							       done));

		if (got <= 0)
			give_up("memsums: kcore");
		for (size_t i = 0; i < (size_t)got / sizeof(words[0]); i++)
			sum = (sum ^ words[i]) * PRIME;
		done += (uint64_t)got;
	}
	printf("%" PRIu64 " %016" PRIx64 "\n", done, sum);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "kernel") == 0)
		return kernel();
	if (argc == 3)
		return hold(strtoull(argv[1], NULL, 10) << 20, argv[2]);
	fprintf(stderr, "usage: memsums MIB FILE, or memsums kernel\n");
	return 2;
}
