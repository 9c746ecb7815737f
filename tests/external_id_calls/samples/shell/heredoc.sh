#!/bin/bash
BODY=$(cat <<JSON
{
  "amount": 999,
  "currency": "EUR",
  "billingIntervalDays": 30,
  "externalId": "sub-$1"
}
JSON
)
curl -u "$PK:$SK" "https://api.mintcash.me/subscriptions" -H 'Content-Type: application/json' --data "$BODY"

curl -u "$PK:$SK" https://api.mintcash.me/payments -d @payment.json

curl -u "$PK:$SK" https://api.mintcash.me/payments --data-binary @- <<EOT
{"amount": 100, "currency": "EUR"}
EOT
