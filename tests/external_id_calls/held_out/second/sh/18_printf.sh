body=$(printf '{"amount": %d, "currency": "USD", "externalId": "%s"}' "$1" "$2")
curl -u "$PK:$SK" -H 'Content-Type: application/json' --data-raw "$body" https://sandbox.mintcash.me/payments
