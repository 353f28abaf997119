# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Certificates, and a strongSwan that has one. Source it after lib.sh.

R1=192.0.2.1
CHARON_PLUGINS='pem x509 revocation constraints pubkey pkcs1 pkcs8'
PKI=$WORK/pki
mkdir "$PKI"

# key_of NAME CURVE|rsa
key_of() {
	case $2 in
	rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$PKI/$1.key" ;;
	*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:"$2" -out "$PKI/$1.key" ;;
	esac && chmod 600 "$PKI/$1.key"
}

# cert NAME ISSUER SUBJECT DAYS EXTENSION...: signed with $MD if that is set
cert() {
	_n=$1 _by=$2 _subject=$3 _days=$4
	shift 4
	printf '%s\n' "$@" >"$PKI/$_n.ext"
	openssl req -new -key "$PKI/$_n.key" -subj "$_subject" -out "$PKI/$_n.csr" || return
	if [ "$_by" = "$_n" ]; then
		set -- -signkey "$PKI/$_n.key"
	else
		set -- -CA "$PKI/$_by.pem" -CAkey "$PKI/$_by.key" -CAcreateserial
	fi
	openssl x509 -req -in "$PKI/$_n.csr" -days "$_days" "-${MD:-sha256}" -extfile "$PKI/$_n.ext" \
		-out "$PKI/$_n.pem" "$@"
}

# authority NAME ISSUER; end NAME ISSUER COMMON-NAME [DAYS] ADDRESS
authority() { cert "$1" "$2" "/O=Example/CN=$1" 30 basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign; }
end() { cert "$1" "$2" "/O=Example/CN=$3" "${4:-30}" keyUsage=critical,digitalSignature "subjectAltName=DNS:$3.example,IP:$5"; }

# swan NS ADDRESS LAN CERTIFICATE ID-OF-R1 [ID] [LINES]: strongSwan afresh; LINES: of the
# connection; with $REMOTE instead of R1 if that is set
swan() {
	_dir=$CHARON_DIR_BASE-$1
	charon_stop "$1" 2>/dev/null
	in_ns "$1" ip xfrm state flush
	rm -rf "$_dir"
	mkdir -p "$_dir/x509" "$_dir/x509ca" "$_dir/private" "$WORK/conf-$1"
	cp "$PKI/root.pem" "$PKI/between.pem" "$_dir/x509ca"
	cp "$PKI/$4.pem" "$_dir/x509"
	cp "$PKI/$4.key" "$_dir/private"
	cat >"$WORK/conf-$1/swanctl.conf" <<-END
	connections {
	  site {
	    version = 1
	    local_addrs = $2
	    remote_addrs = ${REMOTE:-$R1}
	    proposals = aes256-sha256-ecp256
	    $7
	    local {
	      auth = pubkey
	      certs = $4.pem
	      ${6:+id = $6}
	    }
	    remote {
	      auth = pubkey
	      id = "$5"
	    }
	    children {
	      lan {
	        local_ts = $3
	        remote_ts = 10.1.0.0/24
	        esp_proposals = aes256-sha256-ecp256
	      }
	    }
	  }
	}
	END
	charon_start "$1" "$WORK/conf-$1"
}
