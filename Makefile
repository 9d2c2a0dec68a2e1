# SPDX-License-Identifier: GPL-2.0-only
#
# Builds, tests and demonstrates Weir. Everything is made below build/, and
# set-up (Debian packages, the test machine's kernel) happens by itself.
#
#   make demo      the three-phase isolation demo in QEMU
#   make shell     the same machine, with a root prompt
#   make test      unit, register-traffic and system tests
#   make check     the unit and register-traffic tests; T=test_x runs one
#   make system    the system tests; S=name runs one group
#   make test-vmx  the Intel tests in Bochs; S=name runs one group
#   make test-vmx-linux  a Debian kernel in Bochs, a few minutes
#   make demo-vmx  shares of cache and clock, changed live in Bochs
#   make bench     all benchmarks; bench-first-light, bench-regulators (in the
#                  simulator), bench-coloring, bench-sessions, bench-vmx: one of them
#   make bench-E1  one experiment of bench-regulators: E1 to E4, E7
#   make all       hypervisor driver inmates configs tools plugin
#   make lint      shellcheck, man pages, headers, house rules
#   make install   the arm64 files below DESTDIR
#   make clean     all but downloads; make distclean: all of build/
#
# V=1 shows the commands; WERROR= lets warnings pass.
#
# objects.mk. A directory with C code has one; it is found by itself. In it
# $(d) is the directory with a trailing slash. File lists, relative to it:
#   objs-hv-y         objects of the hypervisor on every architecture
#   objs-hv-arm64-y   objects of the arm64 hypervisor
#   objs-hv-x86-y     objects of the x86 hypervisor
#   objs-fake-y       objects of arch/fake, linked to every host test
#   objs-inmate-y     runtime objects of every inmate
#   objs-inmate-arm64-y, objs-inmate-x86-y   those of one architecture
#   objs-inmate-x86-64-y, objs-inmate-x86-32-y   those of one mode
#   inmates-y         NAME: NAME.c + runtime (+ NAME-inmate-objs), arm64
#   inmates-x86-y     the same for x86, in build/x86/inmates
#   inmates-x86-32-y  the same in 32-bit mode, as NAME32
#   configs-y         NAME: NAME.c becomes build/configs/NAME.cell
# Name lists, whose objects are given from the top of the tree:
#   tools-host-y, tools-arm64-y   NAME-objs, NAME-libs, NAME-libs-host,
#                                 NAME-libs-arm64, NAME-ldflags
#   tools-sim-y                   NAME-objs, NAME-libs; with arch/fake
#   plugins-y                     NAME-plugin-objs, NAME-plugin-libs
#   tests-unit-y, tests-wrap-y    NAME (tests/unit/NAME.c, tests/wrap/NAME.c),
#                                 NAME-objs, NAME-libs, NAME-wrap (functions
#                                 for --wrap), NAME-deps (built before)
# Flags: CFLAGS_<object from the top> for one object in all flavours;
# cflags-hv-arm64-y, cflags-inmate-y, ldflags-hv-arm64-y for a flavour.
#
# Flavours of an object dir/file.o:
#   build/arm64/       hypervisor          build/unit/   host, sanitizers
#   build/x86/         the same for x86
#   build/inmate/      runtime, inmates    build/host/   host tools
#   build/arm64-root/  root-cell tools     build/plugin/ host, -fPIC
#   build/sim/         host tools that simulate the hypervisor on arch/fake
#   build/inmate-x86/  the same for x86
#   build/inmate-x86-32/   the same in 32-bit mode
#   build/vmx/         test kernel for Bochs

comma := ,
B := build
CROSS := aarch64-linux-gnu-
SYSROOT := $(B)/sysroot
KDIR := $(SYSROOT)/kdir
SETUP := $(B)/setup.stamp

ifeq ($(V),1)
Q :=
quiet = @:
else
Q := @
quiet = @printf '  %-7s %s\n'
MAKEFLAGS += --no-print-directory
endif

SHELL := /bin/sh
export LC_ALL := C

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

.PHONY: all
all: hypervisor driver inmates configs tools plugin

# ---------------------------------------------------------------- fragments

# Lists of files relative to the directory, and plain lists of names.
file-lists := objs-hv-y objs-hv-arm64-y objs-hv-x86-y objs-fake-y objs-inmate-y \
	objs-inmate-arm64-y objs-inmate-x86-y objs-inmate-x86-64-y \
	objs-inmate-x86-32-y inmates-y inmates-x86-y inmates-x86-32-y configs-y
name-lists := tools-host-y tools-arm64-y tools-sim-y plugins-y tests-unit-y tests-wrap-y
flag-lists := cflags-hv-arm64-y cflags-inmate-y ldflags-hv-arm64-y

$(foreach v,$(file-lists:%=all-%) $(name-lists) $(flag-lists),$(eval $v :=))

fragments := $(filter-out $(B)/%,$(sort $(wildcard */objects.mk */*/objects.mk \
	*/*/*/objects.mk */*/*/*/objects.mk)))

# Fragments are prerequisites of what is linked: a list may become shorter.
# Includes one fragment and moves its file lists to the top of the tree.
define add-fragment
$(foreach v,$(file-lists),$(eval $v :=))
$(eval d := $(dir $(1)))
$(eval include $(1))
$(foreach v,$(file-lists),$(eval all-$v += $(addprefix $(d),$($v))))
endef
$(foreach f,$(fragments),$(call add-fragment,$f))

# -------------------------------------------------------------------- flags

WERROR ?= -Werror
warnings := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wvla -Wundef $(WERROR)
strict := -Wconversion -Wsign-conversion
common := -std=c11 -g -Ihypervisor/include -I. $(warnings)

freestanding := -ffreestanding -fno-pic -fno-pie -fno-common \
	-fno-stack-protector -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -mgeneral-regs-only -O2
bare := $(freestanding) -march=armv8-a -mstrict-align \
	-mno-outline-atomics -mbranch-protection=none
bare-x86 := $(freestanding) -march=x86-64 -mno-red-zone -fcf-protection=none
bare-ldflags := -nostdlib --gc-sections --build-id=none -z noexecstack \
	-z max-page-size=4096 --fatal-warnings

# An interrupt saves what C may change: the fewer the better (vectors.S).
kept-registers := -ffixed-x18 $(patsubst %,-fcall-saved-x%,8 9 10 11 12 13 14 15)

flags-arm64 = $(common) $(strict) $(bare) -DWEIR_HV \
	-fomit-frame-pointer $(kept-registers) \
	-Ihypervisor/arch/arm64/include -I$(B)/arm64/generated \
	$(cflags-hv-arm64-y)
flags-x86 = $(common) $(strict) $(bare-x86) -fpie -DWEIR_HV \
	$(if $(filter %.c,$<),-include visibility.h) \
	-Ihypervisor/arch/x86/include -I$(B)/x86/generated
flags-inmate = $(common) $(bare) -DWEIR_INMATE \
	-Iprofiler-inmate/runtime/include \
	-Iprofiler-inmate/runtime/arm64/include $(cflags-inmate-y)
flags-inmate-x86 = $(common) $(bare-x86) -DWEIR_INMATE \
	-Iprofiler-inmate/runtime/include \
	-Iprofiler-inmate/runtime/x86/include $(cflags-inmate-y)
flags-inmate-x86-32 = $(flags-inmate-x86) -m32
flags-unit = $(common) -D_GNU_SOURCE -DWEIR_HOST -O1 \
	-fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -Ihypervisor/arch/fake/include
flags-host = $(common) -D_GNU_SOURCE -DWEIR_HOST -O2
flags-sim = $(flags-host) -Ihypervisor/arch/fake/include
flags-arm64-root = $(common) -D_GNU_SOURCE -DWEIR_ROOT -O2 \
	-I$(SYSROOT)/usr/include
flags-plugin = $(common) -D_GNU_SOURCE -DWEIR_HOST -O2 -fPIC \
	-fvisibility=hidden -fno-plt
flags-vmx = $(common) $(strict) $(bare-x86) -mcmodel=kernel -DWEIR_HV
flags-configs = $(common) -ffreestanding -O2

cc-arm64 := $(CROSS)gcc
cc-x86 := gcc
cc-inmate := $(CROSS)gcc
cc-inmate-x86 := gcc
cc-inmate-x86-32 := gcc
cc-unit := gcc
cc-host := gcc
cc-sim := gcc
cc-arm64-root := $(CROSS)gcc
cc-plugin := gcc
cc-vmx := gcc
cc-configs := $(CROSS)gcc

# ------------------------------------------------------------ compile rules

# object-rules FLAVOUR: build/FLAVOUR/dir/x.o from dir/x.c or dir/x.S.
define object-rules
$(B)/$(1)/%.o: %.c | $$(SETUP)
	@mkdir -p $$(@D)
	$$(quiet) CC $$@
	$$(Q)$$(cc-$(1)) $$(flags-$(1)) $$(CFLAGS_$$*.o) -MMD -MP -c -o $$@ $$<

$(B)/$(1)/%.o: %.S | $$(SETUP)
	@mkdir -p $$(@D)
	$$(quiet) AS $$@
	$$(Q)$$(cc-$(1)) $$(flags-$(1)) -D__ASSEMBLY__ $$(CFLAGS_$$*.o) \
		-MMD -MP -c -o $$@ $$<
endef
flavours := arm64 x86 inmate inmate-x86 inmate-x86-32 unit host sim arm64-root plugin configs vmx
$(foreach f,$(flavours),$(eval $(call object-rules,$f)))

$(B)/%.lds: %.lds.S | $(SETUP)
	@mkdir -p $(@D)
	$(quiet) LDS $@
	$(Q)$(CROSS)gcc $(flags-arm64) -D__ASSEMBLY__ -DWEIR_LINKER -E -P -x c \
		-MMD -MP -MT $@ -MF $(@:.lds=.lds.d) -o $@ $<

# Set-up depends on what it installs, not on how its script is worded.
$(SETUP): tools/testbed/packages.host tools/testbed/packages.arm64
	$(Q)tools/testbed/setup
	@touch $@

.PHONY: setup
setup:
	$(Q)tools/testbed/setup
	@touch $(SETUP)

# --------------------------------------------------------------- hypervisor

hv-arch := hypervisor/arch/arm64
hv-objs := $(addprefix $(B)/arm64/,$(all-objs-hv-y) $(all-objs-hv-arm64-y))
hv-lds := $(B)/$(hv-arch)/hypervisor.lds
hv-offsets := $(if $(wildcard $(hv-arch)/asm_offsets.c),\
	$(B)/arm64/generated/asm_offsets.h)

.PHONY: hypervisor hypervisor-x86
hypervisor: $(if $(wildcard $(hv-arch)/hypervisor.lds.S),$(B)/arm64/weir.bin)
hypervisor-x86: $(B)/x86/weir.bin

# Code that keeps other registers must not be linked to what is left of before.
$(hv-objs): Makefile | $(hv-offsets)

# The compiler computes the offsets; assembly reads them as constants.
$(B)/arm64/generated/asm_offsets.h: $(hv-arch)/asm_offsets.c | $(SETUP)
	@mkdir -p $(@D)
	$(quiet) GEN $@
	$(Q)$(cc-arm64) $(flags-arm64) -g0 -MMD -MP -MT $@ -MF $@.d \
		-S -o $@.s $<
	$(Q)sed -n 's/.*->\([A-Za-z0-9_]*\) [#$$]*\(-*[0-9]*\).*/#define \1 \2/p' \
		$@.s >$@

$(B)/arm64/weir.elf: $(hv-objs) $(hv-lds) $(fragments)
	$(quiet) LD $@
	$(Q)$(CROSS)ld $(bare-ldflags) $(ldflags-hv-arm64-y) -T $(hv-lds) \
		-Map $(B)/arm64/weir.map -o $@ $(hv-objs)

$(B)/arm64/weir.bin: $(B)/arm64/weir.elf
	$(quiet) OBJCOPY $@
	$(Q)$(CROSS)objcopy -O binary $< $@

hv-x86-arch := hypervisor/arch/x86
hv-x86-objs := $(addprefix $(B)/x86/,$(all-objs-hv-y) $(all-objs-hv-x86-y))
hv-x86-lds := $(B)/x86/$(hv-x86-arch)/hypervisor.lds
hv-x86-offsets := $(B)/x86/generated/asm_offsets.h

$(hv-x86-objs): | $(hv-x86-offsets)

$(hv-x86-offsets): $(hv-x86-arch)/asm_offsets.c | $(SETUP)
	@mkdir -p $(@D)
	$(quiet) GEN $@
	$(Q)$(cc-x86) $(flags-x86) -g0 -MMD -MP -MT $@ -MF $@.d \
		-S -o $@.s $<
	$(Q)sed -n 's/.*->\([A-Za-z0-9_]*\) [#$$]*\(-*[0-9]*\).*/#define \1 \2/p' \
		$@.s >$@

$(hv-x86-lds): $(hv-x86-arch)/hypervisor.lds.S
	@mkdir -p $(@D)
	$(quiet) LDS $@
	$(Q)gcc $(flags-x86) -D__ASSEMBLY__ -DWEIR_LINKER -E -P -x c \
		-MMD -MP -MT $@ -MF $(@:.lds=.lds.d) -o $@ $<

$(B)/x86/weir.elf: $(hv-x86-objs) $(hv-x86-lds) $(fragments)
	$(quiet) LD $@
	$(Q)ld $(bare-ldflags) -T $(hv-x86-lds) -Map $(B)/x86/weir.map \
		-o $@ $(hv-x86-objs)

$(B)/x86/weir.bin: $(B)/x86/weir.elf
	$(quiet) OBJCOPY $@
	$(Q)objcopy -O binary $< $@

# ------------------------------------------------------------------- driver

driver-src := $(wildcard hypervisor/driver/*.[chS] hypervisor/driver/Kbuild)

.PHONY: driver
driver: $(if $(wildcard hypervisor/driver/Kbuild),$(B)/driver/weir.ko)

# Kbuild works where the sources are: it is shown links to them.
$(B)/driver/weir.ko: $(driver-src) $(wildcard hypervisor/include/abi/*.h \
		hypervisor/config-*.[ch] hypervisor/include/hv/*.h \
		coloring/*.[ch]) \
		| $(SETUP)
	@rm -rf $(@D)/*.[chS] && mkdir -p $(@D)
	@ln -sf $(abspath $(driver-src)) $(@D)/
	$(quiet) KBUILD $@
	$(Q)$(MAKE) -s -C $(KDIR)/ M=$(abspath $(@D)) ARCH=arm64 \
		CROSS_COMPILE=$(CROSS) WEIR_TOP=$(CURDIR) \
		$(if $(filter 1,$(V)),KBUILD_VERBOSE=1) modules \
		2>$(@D)/kbuild.log || { cat $(@D)/kbuild.log >&2; exit 1; }
	$(Q)grep -v 'Skipping BTF generation' $(@D)/kbuild.log >&2 || true

# For the kernel that KDIR_X86 has the headers of; by default this one.
KDIR_X86 ?= /lib/modules/$(shell uname -r)/build

.PHONY: driver-x86
driver-x86: $(B)/driver-x86/weir.ko

$(B)/driver-x86/weir.ko: $(driver-src) $(wildcard hypervisor/include/abi/*.h \
		hypervisor/config-*.[ch] hypervisor/include/hv/*.h \
		coloring/*.[ch])
	@rm -rf $(@D)/*.[chS] && mkdir -p $(@D)
	@ln -sf $(abspath $(driver-src)) $(@D)/
	$(quiet) KBUILD $@
	$(Q)$(MAKE) -s -C $(KDIR_X86)/ M=$(abspath $(@D)) ARCH=x86 \
		WEIR_TOP=$(CURDIR) modules

# ----------------------------------------------------------------- inmates

inmate-lds := $(B)/profiler-inmate/runtime/arm64/inmate.lds
inmate-x86-lds := profiler-inmate/runtime/x86/inmate.lds
inmate-runtime := $(addprefix $(B)/inmate/,$(all-objs-inmate-y) \
	$(all-objs-inmate-arm64-y))
inmate-x86-32-lds := $(inmate-x86-lds)
inmate-x86-runtime := $(addprefix $(B)/inmate-x86/,$(all-objs-inmate-y) \
	$(all-objs-inmate-x86-y) $(all-objs-inmate-x86-64-y))
inmate-x86-32-runtime := $(addprefix $(B)/inmate-x86-32/,$(all-objs-inmate-y) \
	$(all-objs-inmate-x86-y) $(all-objs-inmate-x86-32-y))

.PHONY: inmates inmates-x86
inmates: $(addprefix $(B)/inmates/,$(addsuffix .bin,$(notdir $(all-inmates-y))))
inmates-x86: $(addprefix $(B)/x86/inmates/,\
	$(addsuffix .bin,$(notdir $(all-inmates-x86-y))) \
	$(addsuffix 32.bin,$(notdir $(all-inmates-x86-32-y))))

# inmate-rules FLAVOUR, DIRECTORY, LINKER, PATH, SUFFIX
define inmate-rules
$(B)/$(2)/$(notdir $(4))$(5).elf: $(B)/$(1)/$(4).o $($(1)-runtime) \
		$(addprefix $(B)/$(1)/,$($(notdir $(4))-$(1)-objs)) \
		$($(1)-lds) $(fragments)
	@mkdir -p $$(@D)
	$$(quiet) LD $$@
	$$(Q)$(3) $(bare-ldflags) -T $($(1)-lds) -o $$@ \
		$$(filter %.o,$$^)
endef
$(foreach i,$(all-inmates-y),\
	$(eval $(call inmate-rules,inmate,inmates,$(CROSS)ld,$i,)))
$(foreach i,$(all-inmates-x86-y),\
	$(eval $(call inmate-rules,inmate-x86,x86/inmates,ld,$i,)))
$(foreach i,$(all-inmates-x86-32-y),\
	$(eval $(call inmate-rules,inmate-x86-32,x86/inmates,ld -m elf_i386,$i,32)))

$(B)/inmates/%.bin: $(B)/inmates/%.elf
	$(quiet) OBJCOPY $@
	$(Q)$(CROSS)objcopy -O binary $< $@

$(B)/x86/inmates/%.bin: $(B)/x86/inmates/%.elf
	$(quiet) OBJCOPY $@
	$(Q)objcopy -O binary $< $@

# ----------------------------------------------------------------- configs

.PHONY: configs
configs: $(addprefix $(B)/configs/,$(addsuffix .cell,$(notdir $(all-configs-y))))

define config-rules
$(B)/configs/$(notdir $(1)).cell: $(B)/configs/$(1).o
	$$(quiet) CELL $$@
	$$(Q)$(CROSS)objcopy -O binary -j .data $$< $$@
endef
$(foreach c,$(all-configs-y),$(eval $(call config-rules,$c)))

# ------------------------------------------------------------------- tools

.PHONY: tools
tools: $(addprefix $(B)/host/,$(sort $(tools-host-y))) \
	$(addprefix $(B)/sim/,$(sort $(tools-sim-y))) \
	$(addprefix $(B)/arm64-root/,$(sort $(tools-arm64-y)))

# tool-rules FLAVOUR, SHORT FLAVOUR, NAME, LINK FLAGS
define tool-rules
$(B)/$(1)/$(3): $(addprefix $(B)/$(1)/,$($(3)-objs)) $(fragments)
	@mkdir -p $$(@D)
	$$(quiet) LD $$@
	$$(Q)$$(cc-$(1)) $(4) $($(3)-ldflags) -o $$@ $$(filter %.o,$$^) $($(3)-libs) \
		$($(3)-libs-$(2))
endef
$(foreach t,$(sort $(tools-host-y)),$(eval $(call tool-rules,host,host,$t,)))
$(foreach t,$(sort $(tools-arm64-y)),$(eval $(call tool-rules,arm64-root,arm64,$t,\
	-L$(SYSROOT)/usr/lib/aarch64-linux-gnu \
	-Wl$(comma)--build-id=none \
	-Wl$(comma)-rpath-link=$(SYSROOT)/usr/lib/aarch64-linux-gnu:$(SYSROOT)/lib/aarch64-linux-gnu)))

# The hypervisor as the host tests have it, without sanitizers.
$(B)/sim/libfake.a: $(addprefix $(B)/sim/,$(all-objs-fake-y)) $(fragments)
	@mkdir -p $(@D)
	@rm -f $@
	$(quiet) AR $@
	$(Q)gcc-ar rcs $@ $(filter %.o,$^)

define sim-rules
$(B)/sim/$(1): $(addprefix $(B)/sim/,$($(1)-objs)) $(B)/sim/libfake.a \
		$(fragments)
	$$(quiet) LD $$@
	$$(Q)$$(cc-sim) -o $$@ $$(filter %.o %.a,$$^) $($(1)-libs)
endef
$(foreach t,$(sort $(tools-sim-y)),$(eval $(call sim-rules,$t)))

.PHONY: plugin
plugin: $(plugins-y:%=$(B)/plugin/%.so)

define plugin-rules
$(B)/plugin/$(1).so: $(addprefix $(B)/plugin/,$($(1)-plugin-objs)) $(fragments)
	@mkdir -p $$(@D)
	$$(quiet) LD $$@
	$$(Q)$(cc-plugin) -shared -o $$@ $$(filter %.o,$$^) $($(1)-plugin-libs)
endef
$(foreach p,$(plugins-y),$(eval $(call plugin-rules,$p)))

# -------------------------------------------------------------- host tests

fake-objs := $(addprefix $(B)/unit/,$(all-objs-fake-y))
host-tests := $(tests-unit-y:%=$(B)/unit/%) $(tests-wrap-y:%=$(B)/unit/%)

$(B)/unit/libfake.a: $(fake-objs) $(fragments) | $(SETUP)
	@mkdir -p $(@D)
	@rm -f $@
	$(quiet) AR $@
	$(Q)gcc-ar rcs $@ $(fake-objs)

# test-rules DIRECTORY, NAME
define test-rules
$(B)/unit/$(2): $(B)/unit/tests/$(1)/$(2).o \
		$(addprefix $(B)/unit/,$($(2)-objs)) \
		$(B)/unit/libfake.a $(fragments) \
		| $($(2)-deps)
	$$(quiet) LD $$@
	$$(Q)$(cc-unit) -fsanitize=address,undefined \
		$(addprefix -Wl$(comma)--wrap=,$($(2)-wrap)) -o $$@ \
		$$(filter %.o %.a,$$^) \
		-lcmocka $($(2)-libs)
endef
$(foreach t,$(tests-unit-y),$(eval $(call test-rules,unit,$t)))
$(foreach t,$(tests-wrap-y),$(eval $(call test-rules,wrap,$t)))

.PHONY: check
check: $(if $(T),$(T:%=$(B)/unit/%),$(host-tests))
	$(Q)tests/run-unit $^

# ------------------------------------------------------- system and benches

INITRAMFS := $(B)/initramfs.cpio

.PHONY: machine initramfs
machine: all initramfs $(B)/plugin/bare.elf
initramfs: all | $(SETUP)
	$(Q)tools/testbed/initramfs $(INITRAMFS)

.PHONY: system
system: machine
	$(Q)tests/run-system $(S)

# The parts must build; then both suites run whatever the first one found.
.PHONY: test
test: machine $(host-tests)
	$(Q)rm -f $(B)/test/*.totals
	-$(Q)tests/run-unit $(host-tests)
	-$(Q)tests/run-system $(S)
	$(Q)tests/total unit system

.PHONY: demo shell bench bench-first-light bench-regulators bench-coloring
.PHONY: bench-sessions bench-vmx bench-recolorings
demo: machine
	$(Q)tools/testbed/demo

shell: machine
	$(Q)tools/testbed/shell

bench: bench-first-light bench-vmx bench-regulators bench-coloring bench-sessions

bench-first-light: machine
	$(Q)tests/bench/first-light

bench-regulators: machine $(B)/sim/weir-simulate $(B)/sim/weir-experiments \
		$(B)/host/figures $(B)/host/weir-steps $(B)/x86/weir.bin
	$(Q)tests/bench/regulators

# One experiment of it: figures, and build/bench/E*.csv and .svg.
.PHONY: bench-E1 bench-E2 bench-E3 bench-E4 bench-E7
bench-E1 bench-E2 bench-E3 bench-E4 bench-E7: bench-%: $(B)/sim/weir-simulate \
		$(B)/sim/weir-experiments $(B)/host/figures
	$(Q)tests/bench/regulators $*

bench-coloring: machine $(B)/sim/weir-tables
	$(Q)tests/bench/coloring

# The same with fifty changes of the root cell's colors: slow.
bench-recolorings: machine
	$(Q)WEIR_BENCH_RECOLORINGS=50 tests/bench/coloring

bench-sessions: machine
	$(Q)tests/bench/sessions

bench-vmx: vmx-machine $(B)/host/figures
	$(Q)tests/bench/vmx

.PHONY: vmx-machine test-vmx
vmx-machine: $(B)/vmx/root.bin $(B)/x86/weir.bin $(B)/vmx/trusting.bin $(B)/vmx/iommu.bin \
	inmates-x86 configs
test-vmx: vmx-machine
	$(Q)tests/run-vmx $(S)

.PHONY: demo-vmx
demo-vmx: vmx-machine
	$(Q)tests/run-vmx demo
	$(Q)sed -n 's/^demo: //p' $(B)/test/vmx-demo/serial.txt

.PHONY: test-vmx-linux
test-vmx-linux: vmx-machine $(B)/host/regctl $(B)/vmx/linux-boot.bin
	$(Q)tests/vmx/linux/setup
	$(Q)$(MAKE) driver-x86 KDIR_X86=$(CURDIR)/$(B)/sysroot-x86/kdir
	$(Q)tests/vmx/linux/initramfs $(B)/vmx/initramfs.cpio
	$(Q)tests/run-vmx linux

# -------------------------------------------------------------------- lint

headers := $(wildcard hypervisor/include/*/*.h hypervisor/include/*/*/*.h \
	hypervisor/arch/arm64/include/*.h hypervisor/arch/arm64/include/*/*.h \
	regulators/*.h regulators/*/*.h coloring/*.h)

.PHONY: headers-check
headers-check: | $(SETUP) $(hv-offsets)
	$(quiet) CHECK 'each header compiles alone'
	$(Q)for h in $(headers); do \
		$(CROSS)gcc $(flags-arm64) -Wno-unused-macros -fsyntax-only \
			-x c $$h || exit 1; \
	done

.PHONY: lint
lint: headers-check | $(SETUP)
	$(Q)tests/lint

# ----------------------------------------------------------------- install

.PHONY: install
install: all
	$(Q)tools/testbed/install-files "$(DESTDIR)"

.PHONY: clean distclean
clean:
	$(Q)find $(B) -mindepth 1 -maxdepth 1 ! -name cache ! -name sysroot \
		! -name setup.stamp -exec rm -rf {} + \
		2>/dev/null || true

distclean:
	$(Q)rm -rf $(B)

-include $(shell find $(B)/arm64 $(B)/x86 $(B)/inmate* $(B)/unit $(B)/host \
	$(B)/arm64-root $(B)/plugin $(B)/sim $(B)/configs $(B)/hypervisor \
	$(B)/profiler-inmate $(B)/vmx -name '*.d' 2>/dev/null)
