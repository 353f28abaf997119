#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the certificates beside it, which the unit tests use: valid for a hundred years,
# with keys that are no secret. "make.sh DIR" puts them there.
#
#	root --+-- left (P-256), left-rsa, left-384
#	       +-- expired, encipher (no signatures), both with left's key
#	       +-- between --- right (P-256), right-rsa
#	rogue ---- false: left's names and key
#	old (RSA, itself signed with SHA-1) --+-- old-sha256, old-sha1, old-md5: left's
#	       +-- (by SHA-1) --- old-below: left's, by SHA-256
#
# crl.pem: of root and between, without entries; revoked.pem: between's names right;
# revoked-old.pem: that does, too, and has expired
#
# left.p12: key, certificate, root (password: that of the file "password"); right.p12: with
# between, too, as old programs encrypt; left-open.p12: without password; left-nokey.p12,
# left-nocert.p12: that is missing; left-more.p12: with right and its authorities;
# left-many.p12: with nine that are no roots; ed25519.p12: of a key that is of no use
set -e
cd "${1:-$(dirname "$0")}"
DAYS=36500
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:"$2" -out "$1.key"; }
rsa() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key"; }
# cert NAME ISSUER KEY CN LAST-DAY EXTENSION...
cert() {
	name=$1 by=$2 own=$3 cn=$4 end=$5
	shift 5
	printf '%s\n' "$@" >"$tmp/ext"
	openssl req -new -key "$own.key" -subj "/O=Example/CN=$cn" -out "$tmp/csr"
	[ -e "$tmp/$by.cnf" ] || printf '%s\n' '[ca]' 'default_ca=c' '[c]' \
		"database=$tmp/$by.index" "new_certs_dir=$tmp" "rand_serial=yes" \
		default_md=sha256 policy=p unique_subject=no '[p]' \
		organizationName=supplied commonName=supplied >"$tmp/$by.cnf"
	: >>"$tmp/$by.index"
	set -- -config "$tmp/$by.cnf" -in "$tmp/csr" -extfile "$tmp/ext" -batch -notext \
		-md "${MD:-sha256}" -startdate 20200101000000Z -enddate "$end" -keyfile "$by.key" -out "$name.pem"
	if [ "$by" = "$name" ]; then
		openssl ca -selfsign "$@"
	else
		openssl ca -cert "$by.pem" "$@"
	fi
}
authority() {
	[ -e "$1.key" ] || key "$1" P-256
	cert "$1" "$2" "$1" "$1" 21200101000000Z basicConstraints=critical,CA:TRUE \
		keyUsage=critical,keyCertSign,cRLSign
}
end() {
	cert "$1" "$2" "$3" "$4" "${6:-21200101000000Z}" \
		"keyUsage=critical,${7:-digitalSignature}" \
		"subjectAltName=DNS:$4.example,email:$4@example.net,IP:$5"
}

authority root root
authority between root
authority rogue rogue
key left P-256
key left-384 P-384
key right P-256
rsa left-rsa
rsa right-rsa
end left root left left 192.0.2.1
end left-384 root left-384 left 192.0.2.1
end left-rsa root left-rsa left 192.0.2.1
end expired root left left 192.0.2.1 20210101000000Z
end encipher root left left 192.0.2.1 '' keyEncipherment
end false rogue left left 192.0.2.1
end right between right right 198.51.100.2
end right-rsa between right-rsa right 198.51.100.2
rsa old
MD=sha1 authority old old
for md in sha256 sha1 md5; do
	MD=$md end old-$md old left left 192.0.2.1
done
MD=sha1 authority old-between old
end old-below old-between left left 192.0.2.1
cat old-between.pem >>old-below.pem
for ca in root between; do
	openssl ca -config "$tmp/$ca.cnf" -cert $ca.pem -keyfile $ca.key -gencrl \
		-crldays $DAYS -out "$tmp/$ca.crl"
done
cat "$tmp/root.crl" "$tmp/between.crl" >crl.pem
openssl ca -config "$tmp/between.cnf" -cert between.pem -keyfile between.key -revoke right.pem
openssl ca -config "$tmp/between.cnf" -cert between.pem -keyfile between.key -gencrl \
	-crldays $DAYS -out "$tmp/between.crl"
cat "$tmp/root.crl" "$tmp/between.crl" >revoked.pem
openssl ca -config "$tmp/between.cnf" -cert between.pem -keyfile between.key -gencrl \
	-crl_lastupdate 20200101000000Z -crl_nextupdate 20210101000000Z -out "$tmp/between.crl"
cat "$tmp/root.crl" "$tmp/between.crl" >revoked-old.pem
cat between.pem >>right.pem
cat between.pem >>right-rsa.pem
openssl pkey -in left.key -aes128 -passout pass:locked -out locked.key
echo 'Pass word 12' >password
echo 'pass word 12' >password.wrong
p12() { openssl pkcs12 -export -passout "${PASS:-file:password}" "$@"; }
p12 -in left.pem -inkey left.key -certfile root.pem -out left.p12
p12 -legacy -in right.pem -inkey right.key -certfile root.pem -out right.p12
PASS=pass: p12 -in left.pem -inkey left.key -out left-open.p12
p12 -in left.pem -nokeys -out left-nokey.p12
p12 -inkey left.key -nocerts -out left-nocert.p12
cat right.pem root.pem >"$tmp/more"
p12 -in left.pem -inkey left.key -certfile "$tmp/more" -out left-more.p12
cat left-rsa.pem left-384.pem expired.pem encipher.pem false.pem right.pem right-rsa.pem >"$tmp/many"
p12 -in left.pem -inkey left.key -certfile "$tmp/many" -out left-many.p12
openssl req -x509 -newkey ed25519 -nodes -keyout "$tmp/ed" -subj /CN=left -days $DAYS -out "$tmp/ed.pem"
p12 -in "$tmp/ed.pem" -inkey "$tmp/ed" -out ed25519.p12
rm root.key between.key rogue.key old.key old-between.key old-between.pem
