# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Scenes of the tests of AH. Source it after lib.sh; policies() is the test's.

# scene tunnel|transport 4|6: ends, what is protected, map and policies
scene() {
	mode=$1 family=$2
	end1=$R1 end2=$R2 side1=10.1.0.0/24 side2=10.2.0.0/24 host1=10.1.0.2 host2=10.2.0.2
	list=acl align="flag align4"
	if [ "$family" = 6 ]; then
		end1=$P1 end2=$P2 side1=fd00:a::/64 side2=fd00:b::/64
		host1=fd00:a::2 host2=fd00:b::2 list=acl6 align=
	fi
	from=a to=b number=0
	if [ "$mode" = transport ]; then
		side1=$end1 side2=$end2 host1=$end1 host2=$end2 from=r1 to=r2 number=1
	fi
	url=$host2 back=$host1
	[ "$family" = 4 ] || { url="[$host2]" back="[$host1]"; }
	clear_sas
	cm unbind wan0 2>/dev/null
	in_ns r2 ip xfrm policy flush
	cm $list $list "10 permit $side1 $side2" && cm map map "10 $list isakmp $end2" &&
		cm bind wan0 map && policies
}

clear_sas() {
	cm flush
	in_ns r2 ip xfrm state flush
}
