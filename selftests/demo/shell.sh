#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The network of demo.sh with an interactive prompt on router A.

DEMO_DIR=$(cd "$(dirname "$0")" && pwd)
. "$DEMO_DIR/../lib/net.sh"
. "$DEMO_DIR/../lib/charon.sh"
. "$DEMO_DIR/../lib/module.sh"
. "$DEMO_DIR/topology.sh"

cleanup() {
	net_cleanup
	rm -rf "$SITES_RUN"
}
trap cleanup EXIT
trap 'exit 143' TERM INT HUP

SITES_RUN=$(mktemp -d)
module_load "$DEMO_DIR/../.." && sites_build && sites_start || exit 1

# Short names on the path, so that a command reads as the network is drawn.
mkdir "$SITES_RUN/bin"
for n in a r1 net r2 b; do
	printf '#!/bin/sh\nexec ip netns exec %s "$@"\n' "$NET_TAG-$n" >"$SITES_RUN/bin/on-$n"
done
printf '#!/bin/sh\nexec ip netns exec %s %s --socket %s "$@"\n' \
	"$NET_TAG-r1" "$(cd "$DEMO_BUILD" && pwd)/ipsecctl" "$SITES_RUN/control" >"$SITES_RUN/bin/ipsecctl"
chmod +x "$SITES_RUN"/bin/*

cat <<END

LAN A (10.1.0.2) - r1, cryptomap (192.0.2.1) - net - r2, strongSwan (198.51.100.2) - LAN B (10.2.0.2)

  on-a ping 10.2.0.2           a command on a host: on-a on-r1 on-net on-r2 on-b
  on-net tcpdump -ni east      look at the wire
  ipsecctl                     the router's prompt;  ipsecctl show crypto ipsec sa
  tail -f $SITES_RUN/log       the daemon's log
  exit                         ends the VM

END
PATH=$SITES_RUN/bin:$PATH PS1='cryptomap-demo# ' sh -i
exit 0
