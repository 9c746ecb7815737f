#!/usr/bin/env bash
for id in $(cat refunds.txt); do
  curl --fail --request POST "https://api.mintcash.me/payments/$id/refund" \
    --user "$PK:$SK" --json '{"reason": "item_returned"}'
done
