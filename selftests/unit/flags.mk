# SPDX-License-Identifier: GPL-2.0-or-later
# What single unit programs need beyond the rules of the Makefile:
# unit-PREFIX := objects, unit-ldflags-NAME := linker flags.

unit-shell := $(lib-src) $(cli-src) $(filter-out tools/ipsecctl.c,$(tool-src))
unit-ldflags-shell_session := -Wl,--wrap=kmod_open,--wrap=kmod_close \
	-Wl,--wrap=kmod_bind_dump,--wrap=apply_config

# The kernel, the daemon and the interfaces are the test's.
comma := ,
wrap = $(addprefix -Wl$(comma)--wrap=,$(1))
show-world := $(call wrap,kmod_open kmod_close kmod_flow_dump \
	kmod_sa_dump kmod_map_dump kmod_acl_dump kmod_bind_dump \
	kmod_counter_dump kmod_alg_dump kmod_history_dump \
	kmod_sa_flush kmod_sa_del kmod_counter_reset apply_config \
	apply_nothing state_remove \
	netif_address netif_mtu control_request exec_running_config)
unit-ldflags-show_commands := $(show-world)
unit-ldflags-show_ipsec := $(show-world)

# A netlink socket that answers what the test says.
unit-ldflags-kmod_dump := $(call wrap,genl_connect genl_ctrl_resolve send \
	nl_recvmsgs)

# A peer that asks as others do, and an ear on what is answered.
unit-ldflags-ike_foreign := $(call wrap,esp_offer_build esp_proposal_choose \
	identity_proxy)

# Responders of certificates that say what the test says.
unit-ldflags-ike_ocsp := $(call wrap,crypto_ocsp_ask crypto_ocsp_judge \
	crypto_ocsp_is_answered)

# The time that the daemon takes for messages, without the kernel of the tests.
unit-ldflags-ike_many := $(call wrap,engine_input)

unit-ldflags-lib_link := $(call wrap,nl_connect nl_send_auto \
	nl_socket_modify_cb nl_recvmsgs_default nl_wait_for_ack)

unit-ldflags-lib_log := $(call wrap,openlog closelog syslog)

unit-ldflags-ike_fuzz_exchange := @selftests/fuzz/ike_exchange_wraps
unit-ldflags-ike_fuzz_ocsp := @selftests/fuzz/ike_ocsp_answer_wraps
unit-ldflags-ike_fuzz_failure := @selftests/fuzz/ike_failure_wraps

# The daemon itself, as it is installed.
unit-daemon := $(unit-lib)
build/unit/daemon_start: | build/user/ike-daemon

# Names stand for what the test says.
unit-ldflags-ike_ezvpn_gateway := $(call wrap,getaddrinfo freeaddrinfo)
