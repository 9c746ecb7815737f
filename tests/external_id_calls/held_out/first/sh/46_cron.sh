#!/bin/bash
set -euo pipefail
source /etc/mintcash.env
while IFS=, read -r customer cents; do
  curl -sS --user "${PK}:${SK}" \
    -H "Content-Type: application/json" \
    -X POST "${MINTCASH_URL}/payments" \
    -d '{"amount": '"$cents"', "currency": "USD", "externalId": "'"$customer-$(date +%s)"'"}'
done < due.csv
