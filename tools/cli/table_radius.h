/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the table in table.c, which includes this between its own: RADIUS (C-081). */

#define H_RADIUS	"Servers of RADIUS, which know users of clients\n"
#define H_RADIUS_KEY							\
	"Secret that is shared with the server\n"			\
	"The key follows in plain text\n"				\
	"Key\n"
#define H_RADIUS_TIMES(which)						\
	"How long an answer is waited for" which "\n" "Seconds\n"

	CONFIG(CONFIG, "[no] radius-server host A.B.C.D$host "
	       "[auth-port (1-65535)$port] [acct-port (0-65535)] "
	       "[timeout (1-60)$timeout] [retransmit (0-10)$retransmit] "
	       "[key [0] KEY$key]", set_radius_host,
	       H_RADIUS
	       "A server; they are asked in this order\n" "Its address\n"
	       "UDP port of authentication (1645)\n" "Port\n"
	       "Understood, but there is no accounting\n" "Port\n"
	       H_RADIUS_TIMES("")
	       "How often it is asked again\n" "Times\n" H_RADIUS_KEY),
	CONFIG(CONFIG, "[no] radius-server key ![[0] KEY$key]", set_radius_key,
	       H_RADIUS H_RADIUS_KEY),
	CONFIG(CONFIG, "[no] radius-server timeout ![(1-60)$timeout]",
	       set_radius_timeout,
	       H_RADIUS H_RADIUS_TIMES(", with servers that do not say (5)")),
	CONFIG(CONFIG, "[no] radius-server retransmit ![(0-10)$retransmit]",
	       set_radius_retransmit,
	       H_RADIUS "How often servers that do not say are asked again (3)\n"
	       "Times\n"),
	CONFIG(CONFIG, "[no] radius-server deadtime ![(0-1440)$deadtime]",
	       set_radius_deadtime,
	       H_RADIUS "How long a silent server is asked after the others (10; 0: never)\n"
	       "Minutes\n"),
	CONFIG(CONFIG, "[no] radius-server message-authenticator-required",
	       set_radius_signed,
	       H_RADIUS "Hear no answer without Message-Authenticator (default; a word of ASA)\n"),
