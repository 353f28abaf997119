# SPDX-License-Identifier: GPL-2.0-or-later
#
# cryptomap: the module, the daemon and the tool.
#
#   make                 module (for KDIR), daemon, tool
#   make kmod            the module alone; KERNEL=6.1|6.12|debug builds for a
#                        test kernel into build/kmod/RELEASE/
#   make user            daemon and tool alone
#   make install         DESTDIR= PREFIX=/usr/local
#   make demo | shell    the test network in a virtual machine
#   make check           everything: set-up, build, lint, unit, vm-check, speed;
#                        the kernels share the shell tests
#   make check-all       each of those on each kernel
#   make unit | lint | vm-check | bench
#   make fuzz            libFuzzer on all that runs without a kernel; installs clang;
#                        FUZZ_SECS=600 for each target
#   make check-debug     the tests of vm-check on a kernel with KASAN, lockdep,
#                        kmemleak ..., which is built first
#   make clean
#
# Knobs: KDIR, KERNEL, KERNELS, TESTS, V=1, CC, CFLAGS, CRYPTOMAP_CACHE, FUZZ_SECS.
# Output is written under build/ only.

PREFIX     ?= /usr/local
SBINDIR    ?= $(PREFIX)/sbin
MANDIR     ?= $(PREFIX)/share/man
COMPDIR    ?= $(PREFIX)/share/bash-completion/completions
SYSCONFDIR ?= /etc
UNITDIR    ?= $(PREFIX)/lib/systemd/system
PLUGINDIR  ?= $(PREFIX)/lib/cryptomap

KDIR    ?= /lib/modules/$(shell uname -r)/build
KERNELS ?= 6.1 6.12

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

# What needs no compiler, or finds its own, must work before the libraries
# are there.
no-libs := clean kmod setup check check-all check-debug fuzz demo shell bench lint vm-check unit \
	   modules_install help setup-vm
need-libs := $(if $(MAKECMDGOALS),$(filter-out $(no-libs),$(MAKECMDGOALS)),all)

libs := libnl-3.0 libnl-genl-3.0 libcrypto libevent libedit json-c libseccomp libcap-ng
ifneq ($(need-libs),)
ifneq ($(shell pkg-config --exists $(libs) && echo found),found)
$(error libraries are missing: run selftests/setup.sh build)
endif
lib-cflags := $(shell pkg-config --cflags $(libs))
lib-libs   := $(shell pkg-config --libs $(libs)) -lcrypt
endif

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes
user-cflags := -std=gnu11 $(WARN) -D_GNU_SOURCE= -I. -Ikmod/uapi $(lib-cflags)
hard-cflags := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
hard-ldflags := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
asan-cflags := -O1 -g -fsanitize=address,undefined \
	       -fno-sanitize-recover=undefined -fno-omit-frame-pointer
core-cflags := -Ikmod/core/user

lib-src    := $(wildcard tools/lib/*.c)
cli-src    := $(wildcard tools/cli/*.c)
tool-src   := $(wildcard tools/*.c)
daemon-src := $(wildcard ike-daemon/*.c ike-daemon/*/*.c)
core-src   := $(wildcard kmod/core/*.c)
unit-src   := $(wildcard selftests/unit/*.c)
unit-names := $(patsubst selftests/unit/%.c,%,$(unit-src))

# A unit program NAME.c is linked with the objects that its prefix needs, so
# that a test of one room can be built while another is being rebuilt.
unit-lib    := $(lib-src) $(cli-src)	# apply.c works on the model
unit-core   := $(core-src)
unit-cli    := $(lib-src) $(cli-src)
unit-apply  := $(unit-cli)
unit-kmod   := $(unit-cli)
unit-control := $(unit-cli)
unit-writer := $(unit-cli)
unit-show   := $(unit-cli) $(filter-out tools/ipsecctl.c,$(tool-src))
unit-wire   := $(unit-lib) $(wildcard ike-daemon/wire/*.c)
unit-crypto := $(unit-wire) $(wildcard ike-daemon/crypto/*.c)
unit-ike    := $(unit-cli) $(filter-out ike-daemon/main.c,$(daemon-src))
unit-all    := $(lib-src) $(cli-src) $(core-src) \
	       $(filter-out ike-daemon/main.c,$(daemon-src)) \
	       $(filter-out tools/ipsecctl.c,$(tool-src))
unit-part = $(or $(unit-$(firstword $(subst _, ,$(1)))),$(unit-all))

user-obj = $(patsubst %.c,build/user/obj/%.o,$(1))
asan-obj = $(patsubst %.c,build/unit/obj/%.o,$(1))

.PHONY: all user daemon tool plugin kmod unit lint check vm-check check-all check-debug fuzz demo shell bench \
	setup install install-user modules_install clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: user kmod

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

# --- user space --------------------------------------------------------------

user: daemon tool plugin
daemon: $(if $(daemon-src),build/user/ike-daemon)
tool: $(if $(tool-src),build/user/ipsecctl)

build/user/libcryptomap.a: $(call user-obj,$(lib-src) $(cli-src))
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# The simulated data plane serves the unit tests only.
build/user/ike-daemon: $(call user-obj,$(filter-out ike-daemon/kernel/sim.c,$(daemon-src))) \
		build/user/libcryptomap.a
	$(say) LD $@
	$(Q)$(CC) $(CFLAGS) $(hard-ldflags) $(LDFLAGS) -o $@ $^ $(lib-libs) \
		-lpthread

build/user/ipsecctl: $(call user-obj,$(tool-src)) build/user/libcryptomap.a
	$(say) LD $@
	$(Q)$(CC) $(CFLAGS) $(hard-ldflags) $(LDFLAGS) -o $@ $^ $(lib-libs)

# pppd's plugin: it has pppd's own names and types, and what of ours it needs.
plugin-src := tools/pppd/plugin.c tools/pppd/client.c tools/pppd/strict.c \
	      tools/lib/ppp_wire.c tools/lib/buf.c tools/lib/addr.c tools/lib/rtnl.c \
	      tools/lib/secret.c
plugin-obj := $(plugin-src:%.c=build/user/pic/%.o)
plugin: build/user/cryptomap-ppp.so

build/user/cryptomap-ppp.so: $(plugin-obj)
	$(say) LD $@
	$(Q)$(CC) $(CFLAGS) -shared -fvisibility=hidden -Wl,-z,relro,-z,now \
		-Wl,-Bsymbolic $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libnl-3.0)

build/user/pic/tools/pppd/plugin.o: WARN := $(filter-out -Wstrict-prototypes -Wshadow,$(WARN))
build/user/pic/%.o: %.c Makefile
	$(say) CC "$< (plugin)"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(user-cflags) $(hard-cflags) -fPIC -fvisibility=hidden \
		-MMD -MP -c -o $@ $<

build/user/obj/tools/lib/heap.o: user-cflags += -DHEAP_IS_WIPED
build/user/obj/%.o: %.c Makefile
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(user-cflags) $(hard-cflags) -MMD -MP -c -o $@ $<

# --- unit tests (selftests/unit), all under ASan and UBSan -------------------

-include selftests/unit/flags.mk	# unit-ldflags-NAME, for --wrap and the like

build/unit/obj/kmod/core/%.o: user-cflags += $(core-cflags)
build/unit/obj/selftests/unit/core_%.o: user-cflags += $(core-cflags)

build/unit/obj/%.o: %.c Makefile
	$(say) CC "$< (sanitized)"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(asan-cflags) $(user-cflags) -DUNIT_TEST -MMD -MP -c -o $@ $<

define unit-program
build/unit/$(1): $$(call asan-obj,selftests/unit/$(1).c $$(call unit-part,$(1)))
	$$(say) LD $$@
	$$(Q)$$(CC) $$(asan-cflags) -o $$@ $$^ $$(unit-ldflags-$(1)) \
		$$(lib-libs) -lcmocka -lpthread
endef
$(foreach n,$(unit-names),$(eval $(call unit-program,$(n))))

.PHONY: unit-programs
unit-programs: $(addprefix build/unit/,$(unit-names))

unit: setup
	$(Q)selftests/check.sh unit

# --- programs of selftests/perf and selftests/net ----------------------------

perf-names := $(patsubst selftests/perf/%.c,%,$(wildcard selftests/perf/*.c))
perf-src-classify := $(core-src)
perf-libs-scale := $(lib-libs)
perf-src-handshake := $(unit-ike)
perf-libs-handshake := $(lib-libs)
perf-src-keepalive := $(unit-ike)
perf-libs-keepalive := $(lib-libs)

build/user/obj/kmod/core/%.o: user-cflags += $(core-cflags)
build/user/obj/selftests/perf/classify.o: user-cflags += $(core-cflags)

define perf-program
build/perf/$(1): $$(call user-obj,selftests/perf/$(1).c $$(perf-src-$(1)))
	$$(say) LD $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(hard-ldflags) -o $$@ $$^ -lpthread $$(perf-libs-$(1))
endef
$(foreach n,$(perf-names),$(eval $(call perf-program,$(n))))

.PHONY: test-programs
test-programs: $(addprefix build/perf/,$(perf-names))
	$(Q)$(if $(wildcard selftests/net/*.c),$(MAKE) -s -C selftests all)

-include $(shell test -d build && find build/user build/unit -name '*.d' 2>/dev/null)

# --- the module --------------------------------------------------------------

# KERNEL=6.1|6.12|RELEASE|debug takes the headers from the cache (and fetches them
# there); otherwise KDIR's are used.
kmod:
	$(Q)selftests/vm/kmod.sh $(if $(KERNEL),-k $(KERNEL),-d $(KDIR)) \
		$(if $(V),-v)

# --- tests -------------------------------------------------------------------

setup:
	$(Q)selftests/setup.sh

check check-all:
	$(Q)EVERY=$(filter check-all,$@) KERNELS="$(KERNELS) debug" \
		selftests/check.sh $(if $(CHECKS),$(CHECKS),setup build lint unit vm speed)

lint: setup
	$(Q)selftests/check.sh lint

vm-check: setup
	$(Q)KERNELS="$(KERNELS)" TESTS="$(TESTS)" SHARD="$(SHARD)" \
		selftests/check.sh build vm

# The debug kernel needs the packages that kernels are built with, once.
check-debug:
	$(Q)selftests/setup.sh build vm test debug
	$(Q)KERNELS=debug TESTS="$(TESTS)" SHARD="$(SHARD)" \
		selftests/check.sh build vm

# What the unit tests do for seconds, for as long as one likes.
fuzz:
	$(Q)selftests/setup.sh build fuzz
	$(Q)selftests/fuzz/run.sh all $(or $(FUZZ_SECS),600)

demo shell bench: setup-vm

.PHONY: setup-vm
setup-vm:
	$(Q)selftests/setup.sh build vm

demo:
	$(Q)selftests/vm/scenario.sh demo

shell:
	$(Q)selftests/vm/scenario.sh shell

bench:
	$(Q)selftests/vm/scenario.sh bench

# --- installation ------------------------------------------------------------

install: install-user modules_install

install-user: user
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(SYSCONFDIR)/cryptomap
	install -m 755 build/user/ike-daemon build/user/ipsecctl \
		$(DESTDIR)$(SBINDIR)
	install -d $(DESTDIR)$(PLUGINDIR)
	install -m 644 build/user/cryptomap-ppp.so $(DESTDIR)$(PLUGINDIR)
	$(Q)for f in $(wildcard tools/man/*.[1-8]); do \
		d=$(DESTDIR)$(MANDIR)/man$${f##*.}; \
		install -d $$d && install -m 644 $$f $$d || exit; done
	$(Q)for f in $(wildcard tools/completion/*); do \
		install -d $(DESTDIR)$(COMPDIR) && \
		install -m 644 $$f $(DESTDIR)$(COMPDIR) || exit; done
	install -d $(DESTDIR)$(SYSCONFDIR)/iproute2/rt_protos.d
	install -m 644 tools/iproute2/cryptomap.conf \
		$(DESTDIR)$(SYSCONFDIR)/iproute2/rt_protos.d
	$(Q)for f in $(wildcard tools/systemd/*.service); do \
		install -d $(DESTDIR)$(UNITDIR) && \
		sed -e 's|@SBINDIR@|$(SBINDIR)|' -e 's|@PLUGINDIR@|$(PLUGINDIR)|' $$f >$(DESTDIR)$(UNITDIR)/$${f##*/} || exit; done

modules_install: kmod
	$(Q)selftests/vm/kmod.sh $(if $(KERNEL),-k $(KERNEL),-d $(KDIR)) \
		-i "$(DESTDIR)/lib/modules"

clean:
	rm -rf build
