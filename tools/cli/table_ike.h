/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: where IKE is spoken
 * (C-001, C-002), default policies (C-011), and what PIX and ASA write in one line where
 * IOS has a mode (C-011 to C-041, F-068).
 */

	CONFIG(CONFIG, "[no] " IKE " enable [IFNAME$interface]", set_ike_enable,
	       H_IKE
	       "Begin and answer IKE (default); `no' of it: nowhere\n"
	       "On this interface, and no other that is not named so\n"),
	CONFIG(CONFIG, "[no] crypto isakmp default policy", set_default_policy,
	       H_CRYPTO H_ISAKMP
	       "What there is without being configured\n"
	       "Protection suites, where no policy is configured (default)\n"),
	CONFIG(CONFIG, "[no] crypto isakmp permit-weak-crypto", set_weak_policy,
	       H_CRYPTO H_ISAKMP
	       "After all policies that of old IOS: DES, SHA-1, group 1, rsa-sig\n"),

#define POLICY_LINE	"[no] " IKE " policy (1-10000)$priority "
#define H_POLICY_LINE							\
	H_IKE "Set policy for an ISAKMP protection suite\n"		\
	"Priority of protection suite, lowest first\n"
	CONFIG(CONFIG, POLICY_LINE ENCRYPTION, set_policy_encryption,
	       H_POLICY_LINE H_ENCRYPTION),
	CONFIG(CONFIG, POLICY_LINE HASH, set_policy_hash, H_POLICY_LINE H_HASH),
	CONFIG(CONFIG, POLICY_LINE AUTHENTICATION, set_policy_authentication,
	       H_POLICY_LINE H_AUTHENTICATION),
	CONFIG(CONFIG, POLICY_LINE "group ![" GROUPS("") "$group]",
	       set_policy_group,
	       H_POLICY_LINE "Set the Diffie-Hellman group\n" H_GROUPS),
	CONFIG(CONFIG, POLICY_LINE IKE_LIFETIME, set_policy_lifetime,
	       H_POLICY_LINE H_IKE_LIFETIME),

#define MAP_LINE	"[no] crypto map NAME$map (1-65535)$seq "
#define H_MAP_LINE							\
	H_CRYPTO "Enter a crypto map\n" H_MAP_NAME			\
	"Sequence number, lowest is tried first\n"
	CONFIG(CONFIG, "[no] crypto map NAME$map interface IFNAME$interface",
	       set_map_interface,
	       H_CRYPTO "Enter a crypto map\n" H_MAP_NAME
	       "Assign it to an interface\n" H_INTERFACE),
	CONFIG(CONFIG, MAP_LINE "match address ![NAME$acl]", set_map_match,
	       H_MAP_LINE "Match values\n"
	       "Packets that this access list permits\n" H_ACL_NAME),
	CONFIG(CONFIG, MAP_LINE "set peer ![" PEER "]", set_map_peer,
	       H_MAP_LINE H_SET "Allowed encryption and decryption peer\n"
	       H_PEER),
	CONFIG(CONFIG, MAP_LINE "set [ikev1] transform-set ![NAME$transform...]",
	       set_map_transforms,
	       H_MAP_LINE H_SET H_IKEV1
	       "Specify list of transform sets in priority order\n"
	       "Transform set tag\n"),
	CONFIG(CONFIG, MAP_LINE "set pfs [" GROUPS("group") "$group]",
	       set_map_pfs,
	       H_MAP_LINE H_SET
	       "Perfect forward secrecy; group14 unless said otherwise\n"
	       H_GROUPS),
	CONFIG(CONFIG, MAP_LINE "set security-association lifetime " LIFETIME,
	       set_map_lifetime,
	       H_MAP_LINE H_SET
	       "Security association parameters\n"
	       "Security association lifetime\n" H_LIFETIME),
	CONFIG(CONFIG, MAP_LINE "set security-association idle-time "
	       "![(60-86400)$seconds]", set_map_idle,
	       H_MAP_LINE H_SET "Security association parameters\n" H_IDLE),
	CONFIG(CONFIG, MAP_LINE "set security-association replay "
	       "<disable|window-size ![" WINDOWS "]>", set_map_replay,
	       H_MAP_LINE H_SET
	       "Security association parameters\n"
	       "Replay detection\n"
	       "Switch replay detection off\n"
	       "Size of the replay window\n" H_WINDOWS),
