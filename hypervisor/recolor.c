/* SPDX-License-Identifier: GPL-2.0-only */
/* The root cell changes its colors while it runs. */
#include "hv/recolor.h"

#include "cell-internal.h"
#include "coloring/move.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/clock.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/spinlock.h"
#include "hv/string.h"

/* What is away at once: the pause of a CPU that needs it. */
#define BATCH_PAGES	4u
#define BATCH_BYTES	(BATCH_PAGES * PAGE_BYTES)
/* Pieces that stay where they are, looked at in one step. */
#define LOOKS_MAX	8u

static struct {
	/* Management lock, or setup. */
	bool possible;
	bool moving;
	bool settled;			/* moved: what is left is to join */
	uint64_t join_at;
	int error;			/* that turned it back */
	uint64_t began_ns;
	struct config_root_colors root;
	struct color_move move;
	struct color_request answer;	/* counts only */
	uint8_t *window;		/* two batches of the remap area */
	/* Held while pages are away. */
	struct spinlock lock;
} recolor;

/* Whether pages of this cell may ever move. */
static bool moves(const struct cell *cell)
{
	return recolor.possible && cell == cell_root();
}

void recolor_hold(const struct cell *cell)
{
	if (moves(cell))
		spin_lock(&recolor.lock);
}

void recolor_release(const struct cell *cell)
{
	if (moves(cell))
		spin_unlock(&recolor.lock);
}

bool recolor_settled(const struct cell *cell, gpa_t address)
{
	uint32_t flags;
	hpa_t phys;

	if (!moves(cell))
		return false;
	__atomic_fetch_add(&recolor.answer.waits, 1, __ATOMIC_RELAXED);
	return guest_translate(cell, gpa(address.value & PAGE_MASK), &phys,
			       &flags);
}

void recolor_init(void)
{
	struct config_view view;

	system_view(&view);
	recolor.moving = false;
	recolor.possible = coloring_geometry() &&
			   config_root_colors(&view, &recolor.root);
	cell_root()->colors = (struct color_set){ { 0 } };
}

/* ------------------------------------------------------------- requests */

/* As everybody knows it: all colors are none. */
static struct color_set settled(const struct color_set *set)
{
	if (color_set_count(set) == color_count(coloring_geometry()))
		return (struct color_set){ { 0 } };
	return *set;
}

static struct colored placed(const struct color_set *set)
{
	return config_root_memory(&recolor.root, coloring_geometry(), set);
}

static int check_beside(const struct color_set *set, struct reason *reason)
{
	const struct config_view *others[HV_MAX_CELLS];
	struct config_view views[HV_MAX_CELLS], root;
	unsigned int count = 0;

	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		const struct cell *other = cell_slot(i);

		if (!other)
			continue;
		cell_view(other, &views[count]);
		others[count] = &views[count];
		count++;
	}
	system_view(&root);
	return config_check_root_move(&root, coloring_geometry(), set, others,
				      count, reason);
}

static int check_request(const struct color_request *request,
			 struct color_set *set, struct reason *reason)
{
	const uint32_t known = COLOR_REQUEST_CHECK | COLOR_REQUEST_LOOK;
	const struct color_set asked = {
		{ request->colors[0], request->colors[1] },
	};
	int error;

	if (request->cell_id != cell_root()->id)
		return refuse(reason, -EINVAL,
			      "cell %u: only the root cell changes its colors while it runs",
			      request->cell_id);
	if ((request->flags & ~known) || request->reserved)
		return refuse(reason, -EINVAL,
			      "flags 0x%x of a request for colors are not known",
			      request->flags);
	if (!recolor.possible)
		return refuse(reason, -ENODEV,
			      "the configuration sets no span aside for other colors of the root cell");
	if (request->flags & COLOR_REQUEST_LOOK)
		return 0;
	error = recolor_idle(reason);
	if (error)
		return error;
	*set = asked;
	if (color_set_beyond(set, coloring_geometry()) == COLORS_MAX)
		*set = settled(set);
	return check_beside(set, reason);
}

static void fill_answer(struct color_request *request,
			const struct color_set *set)
{
	struct colored memory = placed(set);

	request->left_bytes = recolor.moving ? color_move_left(&recolor.move) :
					       0;
	request->span_bytes = color_span(&memory);
	request->moved_bytes = recolor.answer.moved_bytes;
	request->colors[0] = set->word[0];
	request->colors[1] = set->word[1];
	request->took_ns = recolor.moving ? clock_now_ns() - recolor.began_ns :
					    recolor.answer.took_ns;
	request->longest_ns = recolor.answer.longest_ns;
	request->waits = recolor.answer.waits;
}

static int begin(const struct color_set *set, struct reason *reason)
{
	struct colored now = placed(&cell_root()->colors);
	struct colored then = placed(set);

	recolor.window = hv_map(hpa(recolor.root.region->phys_start),
				2 * BATCH_BYTES, MAP_READ);
	if (!recolor.window)
		return refuse(reason, -ENOMEM,
			      "no room in the hypervisor's address space");
	color_move_init(&recolor.move, &now, &then.set);
	memset(&recolor.answer, 0, sizeof(recolor.answer));
	recolor.error = 0;
	recolor.began_ns = clock_now_ns();
	recolor.settled = false;
	recolor.moving = true;
	return 0;
}

static int begin_locked(struct color_request *request, struct reason *reason)
{
	struct color_set set = cell_root()->colors;
	int error = check_request(request, &set, reason);

	if (error)
		return error;
	if (!request->flags)
		error = begin(&set, reason);
	if (!error)
		fill_answer(request, &set);
	return error;
}

int recolor_begin(struct color_request *request, struct reason *reason)
{
	int error = management_begin(reason);

	if (error)
		return error;
	error = begin_locked(request, reason);
	management_end();
	return error;
}

int recolor_idle(struct reason *reason)
{
	if (!recolor.moving)
		return 0;
	return refuse(reason, -EBUSY, "the root cell is changing its colors");
}

int recolor_complete(struct reason *reason)
{
	int error = recolor_idle(reason);

	if (error || color_set_count(&cell_root()->colors) == 0)
		return error;
	return refuse(reason, -EBUSY,
		      "the root cell has %u of %u colors: 'regctl set root --colors all' first",
		      color_set_count(&cell_root()->colors),
		      color_count(coloring_geometry()));
}

/* ---------------------------------------------------------------- moves */

/*
 * The caller may be alone (setup), or a CPU of the root among others that run.
 * Where they cannot be told by broadcast they stand still.
 */
static int stop_others(struct reason *reason)
{
	if (ARCH_TLB_BROADCAST || !this_cpu()->active)
		return 0;
	return cpus_suspend(cell_root()->cpus, reason);
}

static void let_others_go(void)
{
	if (ARCH_TLB_BROADCAST || !this_cpu()->active)
		return;
	cpus_post(cell_root()->cpus, EVENT_FLUSH_TLB);
	cpus_resume(cell_root()->cpus);
}

/* Between these two pages may be away: a CPU of the root that needs them waits. */
static int pause_begin(struct reason *reason)
{
	int error = stop_others(reason);

	if (!error)
		spin_lock(&recolor.lock);
	return error;
}

static void pause_end(void)
{
	spin_unlock(&recolor.lock);
	let_others_go();
}

static void flush(uint64_t virt, uint64_t size)
{
	if (this_cpu()->active)
		arch_cell_flush(virt, size);
}

/*
 * What a CPU wrote with caches off is in memory, under old lines; and one that
 * begins with caches off reads what is in memory.
 */
static void copy_page(uint8_t *to, uint8_t *from)
{
	arch_dcache_flush(from, PAGE_BYTES);
	memcpy(to, from, PAGE_BYTES);
	arch_dcache_flush(to, PAGE_BYTES);
}

static void copy_piece(const struct color_piece *piece)
{
	unsigned int count = (unsigned int)(piece->bytes / PAGE_BYTES);
	uint8_t *from = recolor.window, *to = recolor.window + BATCH_BYTES;

	hv_remap(from, hpa(piece->from), count, MAP_READ);
	hv_remap(to, hpa(piece->to), count, MAP_READ | MAP_WRITE);
	for (unsigned int n = 0; n < count; n++) {
		/* The two places may overlap. */
		unsigned int page = piece->to > piece->from ? count - 1 - n : n;

		copy_page(to + page * PAGE_BYTES, from + page * PAGE_BYTES);
	}
	if (recolor.root.region->flags & MEM_EXECUTE)
		arch_icache_flush();
}

static void move_piece(const struct color_piece *piece)
{
	struct page_table *table = arch_cell_table(cell_root());
	unsigned int count = (unsigned int)(piece->bytes / PAGE_BYTES);
	uint64_t virt = recolor.root.region->virt_start + piece->offset;
	uint32_t flags = region_map_flags(recolor.root.region->flags);

	page_table_leaves_break(table, virt, count);
	flush(virt, piece->bytes);
	copy_piece(piece);
	page_table_leaves_make(table, virt, hpa(piece->to), count, flags);
	recolor.answer.moved_bytes += piece->bytes;
}

static void change_entries(const struct page_change *change)
{
	struct page_table *table = arch_cell_table(cell_root());

	page_table_change_break(table, change);
	flush(change->virt, change->bytes);
	page_table_change_make(table, change);
}

static int split_block(uint64_t virt, struct reason *reason)
{
	struct page_change change;

	if (page_table_split_plan(arch_cell_table(cell_root()), virt,
				  &change) < 0)
		return refuse(reason, -ENOMEM,
			      "no page left for the root cell's page tables: it keeps its colors");
	change_entries(&change);
	return 0;
}

/* Splits the block or group that a piece is in, or moves it. True: it is there. */
static int change_piece(const struct color_piece *piece, bool *moved,
			struct reason *reason)
{
	uint64_t virt = recolor.root.region->virt_start + piece->offset;
	int error = pause_begin(reason);

	if (error)
		return error;
	*moved = page_table_is_split(arch_cell_table(cell_root()), virt);
	if (*moved)
		move_piece(piece);
	else
		error = split_block(virt, reason);
	pause_end();
	return error;
}

/* All is moved: there is no way back from here, but another change. */
static void settle(void)
{
	const struct memory_region *region = recolor.root.region;
	struct color_set set = settled(&recolor.move.to.set);
	struct config_view view;

	system_view(&view);
	config_settle_root_colors(&view, &set);
	cell_root()->colors = set;
	recolor.settled = true;
	recolor.join_at = region->virt_start;
	/* In setup tables stay split, so that leaving needs no memory. */
	if (!this_cpu()->active || (region->flags & MEM_NO_HUGEPAGES))
		recolor.join_at += region->size;
}

/*
 * Blocks and groups where the pages lie in one piece now, one in a step. False:
 * there are no more. An error leaves pages, which do as well.
 */
static bool join_some(struct reason *reason)
{
	const struct memory_region *region = recolor.root.region;
	const struct page_range within = { region->virt_start, region->size };
	struct page_change change;

	for (unsigned int i = 0; i < LOOKS_MAX; i++) {
		if (recolor.join_at >= within.virt + within.bytes)
			return false;
		if (!page_table_join_plan(arch_cell_table(cell_root()),
					  recolor.join_at, &within, &change,
					  &recolor.join_at))
			continue;
		if (pause_begin(reason))
			return false;
		change_entries(&change);
		pause_end();
		return true;
	}
	return true;
}

static int finish(struct reason *reason)
{
	hv_unmap(recolor.window, 2 * BATCH_BYTES);
	recolor.answer.took_ns = clock_now_ns() - recolor.began_ns;
	recolor.moving = false;
	printk("root: on %u of %u colors, %llu KiB moved\n",
	       color_set_count(&recolor.move.to.set),
	       color_count(coloring_geometry()),
	       (unsigned long long)recolor.answer.moved_bytes / 1024);
	if (recolor.error)
		return refuse(reason, recolor.error,
			      "the root cell keeps its colors: it could not go on");
	return 0;
}

/* What was moved moves back: it needs no memory, as its blocks are split. */
static void turn_for(int error)
{
	if (recolor.error)
		return;
	recolor.error = error;
	color_move_turn(&recolor.move);
}

static long step_locked(uint32_t flags, struct reason *reason)
{
	struct color_piece piece;

	if (!recolor.moving)
		return refuse(reason, -ENODATA,
			      "the root cell is not changing its colors");
	if (recolor.settled)
		return join_some(reason) ? 1 : finish(reason);
	if ((flags & COLOR_STEP_TURN) && !recolor.error)
		color_move_turn(&recolor.move);
	for (unsigned int i = 0; i < LOOKS_MAX; i++) {
		bool moved = true, is_away;
		int error = 0;

		if (!color_move_next(&recolor.move, BATCH_BYTES, &piece)) {
			settle();
			break;
		}
		is_away = color_piece_moves(&recolor.move, &piece);
		if (is_away)
			error = change_piece(&piece, &moved, reason);
		if (error)
			turn_for(error);
		else if (moved)
			color_move_done(&recolor.move, &piece);
		if (is_away)
			break;
	}
	/* One more step tells of the end. */
	return (long)(color_move_left(&recolor.move) / PAGE_BYTES) + 1;
}

/* Who calls stands still for all of it, others for no longer than that. */
long recolor_step(uint32_t flags, struct reason *reason)
{
	uint64_t start_ns = clock_now_ns(), took_ns;
	long left = management_begin(reason);

	if (left)
		return left;
	left = step_locked(flags, reason);
	took_ns = clock_now_ns() - start_ns;
	if (took_ns > recolor.answer.longest_ns)
		recolor.answer.longest_ns = took_ns;
	management_end();
	return left;
}

/* ---------------------------------------------------------------- setup */

static int change_all(const struct color_set *set, struct reason *reason)
{
	long left = begin(set, reason);

	if (left)
		return (int)left;
	do
		left = step_locked(0, reason);
	while (left > 0);
	return (int)left;
}

int recolor_enter(struct reason *reason)
{
	struct color_set set;
	int error;

	if (!recolor.possible)
		return 0;
	set = settled(&recolor.root.set);
	if (color_set_count(&set) == 0)
		return 0;
	error = check_beside(&set, reason);
	return error ? error : change_all(&set, reason);
}

void recolor_leave(void)
{
	const struct color_set all = { { 0 } };
	struct reason reason;

	/* Its blocks are split: nothing can fail any more. */
	if (recolor.possible && color_set_count(&cell_root()->colors))
		CHECK(change_all(&all, &reason) == 0);
}
