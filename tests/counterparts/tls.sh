#!/bin/sh
# Makes a private CA and server certificates with every fault, in the folder $1.
# root -> intermediate -> leaf, as public CAs do it; leaves say where their issuer can be had.
set -eu
cd "$1"
mkdir issued

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
request() { openssl req -new -key "$1.key" -subj "/O=golive tests/CN=$2" -out "$1.csr"; }
aia='authorityInfoAccess=caIssuers;URI:http://ca.invalid/intermediate.der'

key root
openssl req -x509 -new -key root.key -days 9000 -subj "/O=golive tests/CN=Test Root" -out root.pem \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign

key intermediate
request intermediate "Test Intermediate"
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' >intermediate.ext
openssl x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -CAcreateserial -days 8000 \
  -extfile intermediate.ext -out intermediate.pem

# leaf NAME SUBJECT_ALT_NAME START END [DIGEST [EXTENSION]]
leaf() {
  key "$1"
  request "$1" "$1"
  : >"$1.index"
  cat >"$1.cnf" <<END
[ca]
default_ca=it
[it]
database=$1.index
new_certs_dir=issued
certificate=intermediate.pem
private_key=intermediate.key
rand_serial=yes
default_md=${5:-sha256}
policy=any
x509_extensions=ext
[any]
O=optional
CN=supplied
[ext]
basicConstraints=critical,CA:FALSE
subjectAltName=$2
$aia
${6:-}
END
  openssl ca -batch -notext -config "$1.cnf" -startdate "$3" -enddate "$4" \
    -in "$1.csr" -out "$1.leaf"
  cat "$1.leaf" intermediate.pem >"$1.pem"
}

from=$(date -u -d '1 day ago' +%Y%m%d%H%M%SZ)
until=$(date -u -d '89 days' +%Y%m%d%H%M%SZ)
here=DNS:localhost,IP:127.0.0.1
leaf good "$here" "$from" "$until"
leaf wrong-host DNS:shop.example,DNS:www.shop.example "$from" "$until"
leaf expired "$here" 20260101000000Z 20260401000000Z
leaf not-yet-valid "$here" 20400101000000Z 20400401000000Z
leaf sha1 "$here" "$from" "$until" sha1
leaf must-staple "$here" "$from" "$until" sha256 tlsfeature=status_request

cp good.key missing-intermediate.key
cp good.leaf missing-intermediate.pem

cat good.pem root.pem >unknown-root.pem
cp good.key unknown-root.key

key self-signed
openssl req -x509 -new -key self-signed.key -days 90 -subj /CN=localhost -out self-signed.pem \
  -addext subjectAltName="$here"
