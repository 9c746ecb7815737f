#!/bin/sh
# One payment by hand.
set -eu
API=https://api.mintcash.me
curl -sS -u "$MC_PUBLIC:$MC_SECRET" -X POST "$API/payments" \
  -H 'Content-Type: application/json' \
  -d "{\"amount\": 499, \"currency\": \"USD\", \"externalId\": \"$ORDER_ID\", \"returnUrl\": \"https://shop.example\"}"
