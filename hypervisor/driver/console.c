// SPDX-License-Identifier: GPL-2.0-only
/* The virtual console: a ring the hypervisor fills, read() empties. */

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "weir.h"

#define CONSOLE_POLL_MS		50
#define CONSOLE_READ_TRIES	100

/* Protected by lock. `life` counts hypervisor lives; each starts a new tail. */
static struct console {
	spinlock_t lock;
	const struct console_ring *ring;	/* NULL after disabling */
	struct console_ring kept;		/* of the last life */
	u32 life;
	u32 seen_tail;				/* readers were woken for it */
} console = {
	.lock = __SPIN_LOCK_UNLOCKED(console.lock),
};

static DECLARE_WAIT_QUEUE_HEAD(console_wait);

struct console_reader {
	u32 life;
	u32 position;		/* characters of this life already read */
};

static const struct console_ring *console_source(void)
{
	return console.ring ? console.ring : &console.kept;
}

static void console_look(struct work_struct *work);
static DECLARE_DELAYED_WORK(console_work, console_look);

/* The hypervisor cannot wake anybody: look while somebody waits. */
static void console_look(struct work_struct *work)
{
	u32 tail;
	bool news;

	spin_lock(&console.lock);
	tail = READ_ONCE(console_source()->tail);
	news = tail != console.seen_tail;
	console.seen_tail = tail;
	spin_unlock(&console.lock);

	if (news)
		wake_up_interruptible(&console_wait);
	/*
	 * Who was woken has left the queue, and comes back when he had read
	 * that news already: there is another look in any case.
	 */
	if (news || waitqueue_active(&console_wait))
		schedule_delayed_work(&console_work,
				      msecs_to_jiffies(CONSOLE_POLL_MS));
}

static void console_watch(void)
{
	schedule_delayed_work(&console_work,
			      msecs_to_jiffies(CONSOLE_POLL_MS));
}

void console_attach(const struct console_ring *ring)
{
	spin_lock(&console.lock);
	console.ring = ring;
	console.life++;
	console.seen_tail = 0;
	spin_unlock(&console.lock);
	wake_up_interruptible(&console_wait);
}

void console_detach(void)
{
	spin_lock(&console.lock);
	if (console.ring)
		memcpy(&console.kept, console.ring, sizeof(console.kept));
	console.ring = NULL;
	spin_unlock(&console.lock);
	wake_up_interruptible(&console_wait);
}

void console_stop(void)
{
	cancel_delayed_work_sync(&console_work);
}

/* Copies up to `room` characters from *position on, oldest first. */
static size_t ring_copy(const struct console_ring *ring, u32 *position,
			char *buffer, size_t room)
{
	u32 tail = READ_ONCE(ring->tail), start = *position, count, n;

	if (tail - start > CONSOLE_RING_BYTES)
		start = tail - CONSOLE_RING_BYTES;
	count = min_t(u32, tail - start, room);
	for (n = 0; n < count; n++)
		buffer[n] = ring->content[(start + n) % CONSOLE_RING_BYTES];
	*position = start + count;
	return count;
}

/*
 * The hypervisor sets `busy`, writes characters, moves the tail, and clears
 * `busy`. A copy during which it wrote is made again, unless it writes without
 * end.
 */
static size_t ring_read(const struct console_ring *ring, u32 *position,
			char *buffer, size_t room)
{
	u32 tail, before = *position, tries;
	size_t count = 0;

	for (tries = 0; tries < CONSOLE_READ_TRIES; tries++) {
		tail = READ_ONCE(ring->tail);
		*position = before;
		smp_rmb();	/* tail before content */
		count = ring_copy(ring, position, buffer, room);
		smp_rmb();	/* content before busy and tail */
		if (!READ_ONCE(ring->busy) && READ_ONCE(ring->tail) == tail)
			break;
		cpu_relax();
	}
	return count;
}

static size_t reader_fetch(struct console_reader *reader, char *buffer,
			   size_t room)
{
	size_t count;

	spin_lock(&console.lock);
	if (reader->life != console.life) {
		reader->life = console.life;
		reader->position = 0;
	}
	count = ring_read(console_source(), &reader->position, buffer, room);
	spin_unlock(&console.lock);
	return count;
}

static bool reader_ready(const struct console_reader *reader)
{
	bool ready;

	spin_lock(&console.lock);
	ready = READ_ONCE(console_source()->tail) !=
		(reader->life == console.life ? reader->position : 0);
	spin_unlock(&console.lock);
	return ready;
}

ssize_t console_dump(char *buffer, size_t room)
{
	struct console_reader reader = { 0 };

	return reader_fetch(&reader, buffer, room);
}

static int console_open(struct inode *inode, struct file *file)
{
	struct console_reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);

	if (!reader)
		return -ENOMEM;
	file->private_data = reader;
	return stream_open(inode, file);
}

static int console_release(struct inode *inode, struct file *file)
{
	colors_abandon(file);
	kfree(file->private_data);
	return 0;
}

static int reader_wait(struct console_reader *reader)
{
	console_watch();
	return wait_event_interruptible(console_wait, reader_ready(reader));
}

static ssize_t console_read(struct file *file, char __user *user,
			    size_t bytes, loff_t *offset)
{
	struct console_reader *reader = file->private_data;
	char *buffer;
	ssize_t ret = 0;

	if (!bytes)
		return 0;
	buffer = kmalloc(CONSOLE_RING_BYTES, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	bytes = min_t(size_t, bytes, CONSOLE_RING_BYTES);
	while (!(ret = reader_fetch(reader, buffer, bytes))) {
		ret = file->f_flags & O_NONBLOCK ? -EAGAIN :
						   reader_wait(reader);
		if (ret)
			break;
	}
	if (ret > 0 && copy_to_user(user, buffer, ret))
		ret = -EFAULT;
	kfree(buffer);
	return ret;
}

static __poll_t console_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &console_wait, table);
	if (reader_ready(file->private_data))
		return EPOLLIN | EPOLLRDNORM;
	console_watch();
	return 0;
}

const struct file_operations weir_file_operations = {
	.owner = THIS_MODULE,
	.open = console_open,
	.release = console_release,
	.read = console_read,
	.poll = console_poll,
	.unlocked_ioctl = weir_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = share_mmap,
	.llseek = no_llseek,
};
