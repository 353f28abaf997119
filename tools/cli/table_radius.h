/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the table in table.c, which includes this between its own: RADIUS (C-081). */

#define H_RADIUS	"Servers of RADIUS, which know users of clients\n"
#define H_RADIUS_KEY							\
	"Secret that is shared with the server\n"			\
	"The key follows in plain text\n"				\
	"Key\n"
#define H_RADIUS_PORTS							\
	"UDP port of authentication (1645)\n" "Port\n"			\
	"Understood, but there is no accounting\n" "Port\n"
#define H_AAA_SERVER	"Groups of servers of RADIUS, as on ASA\n"	\
	"Name of the group\n"
#define H_NOT_HERE	"There is none here\n"
#define H_ASA_TIMEOUT	"For how long it is asked, in all\n" "Seconds\n"
#define H_RADIUS_TIMES(which)						\
	"How long an answer is waited for" which "\n" "Seconds\n"

	CONFIG(CONFIG, "[no] radius-server host A.B.C.D$host "
	       "[auth-port (1-65535)$port] [acct-port (0-65535)] "
	       "[timeout (1-60)$timeout] [retransmit (0-10)$retransmit] "
	       "[key [0] KEY$key]", set_radius_host,
	       H_RADIUS
	       "A server; they are asked in this order\n" "Its address\n"
	       H_RADIUS_PORTS H_RADIUS_TIMES("")
	       "How often it is asked again\n" "Times\n" H_RADIUS_KEY),
	CONFIG(CONFIG, "[no] aaa group server radius NAME$group",
	       set_server_group,
	       H_AAA "Groups of servers\n" "Of servers\n" "Of RADIUS\n"
	       "Name of the group\n"),
	CONFIG(SERVER_GROUP, "[no] server A.B.C.D$host "
	       "[auth-port (1-65535)$port] [acct-port (0-65535)]",
	       set_group_server,
	       "One of radius-server host; they are asked in this order\n"
	       "Its address\n" H_RADIUS_PORTS),
	CONFIG(SERVER_GROUP, "[no] server-private A.B.C.D$host "
	       "[auth-port (1-65535)$port] [acct-port (0-65535)] "
	       "[timeout (1-60)$timeout] [retransmit (0-10)$retransmit] "
	       "[key [0] KEY$key]", set_group_private,
	       "One that this group alone has\n" "Its address\n"
	       H_RADIUS_PORTS H_RADIUS_TIMES("")
	       "How often it is asked again\n" "Times\n" H_RADIUS_KEY),
	CONFIG(SERVER_GROUP, "[no] max-failed-attempts ![(1-5)]",
	       set_asa_ignored,
	       "Of ASA, ignored: a silent server is asked last at once\n"
	       "Times\n"),
	CONFIG(SERVER_GROUP, "[no] reactivation-mode "
	       "![<depletion [deadtime (0-1440)]|timed>]", set_asa_ignored,
	       "Of ASA, ignored: see radius-server deadtime\n"
	       "When all are silent\n" "After so long\n" "Minutes\n"
	       "After 30 seconds\n"),
	CONFIG(CONFIG, "[no] aaa-server NAME$group "
	       "![protocol <radius|tacacs+|ldap|kerberos|nt|sdi|local>$protocol]",
	       set_asa_server_group,
	       H_AAA_SERVER "What they speak\n" "RADIUS\n"
	       H_NOT_HERE H_NOT_HERE H_NOT_HERE H_NOT_HERE H_NOT_HERE
	       "Understood: LOCAL is there anyway\n"),
	CONFIG(CONFIG, "[no] aaa-server NAME$group [IN-PARENTHESES] host "
	       "A.B.C.D$host [KEY$key] [timeout= (1-300)$timeout]",
	       set_asa_server,
	       H_AAA_SERVER "Of an interface: understood, but routes decide\n"
	       "A server of it; they are asked in this order\n"
	       "Its address\n" "Secret that is shared with it\n"
	       H_ASA_TIMEOUT),
	CONFIG(SERVER_HOST, "[no] key ![[0] KEY$key]", set_asa_key,
	       H_RADIUS_KEY),
	CONFIG(SERVER_HOST, "[no] timeout ![(1-300)$timeout]", set_asa_timeout,
	       H_ASA_TIMEOUT),
	CONFIG(SERVER_HOST, "[no] retry-interval ![(1-10)$seconds]",
	       set_asa_retry,
	       "When it does not answer, again after so long\n" "Seconds\n"),
	CONFIG(SERVER_HOST, "[no] authentication-port ![(1-65535)$port]",
	       set_asa_port, "UDP port of authentication (1645)\n" "Port\n"),
	CONFIG(SERVER_HOST, "[no] accounting-port ![(1-65535)]",
	       set_asa_ignored,
	       "Understood, but there is no accounting\n" "Port\n"),
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
