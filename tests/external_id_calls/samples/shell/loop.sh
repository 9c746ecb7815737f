#!/bin/bash
for try in 1 2 3; do
  curl -f -u "$PK:$SK" https://api.mintcash.me/payments -d "{\"amount\": 100, \"currency\": \"USD\", \"externalId\": \"$(uuidgen)\"}" && break
done
