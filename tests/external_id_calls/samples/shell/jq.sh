payload=$(jq -n --arg id "$ORDER" --argjson amount "$CENTS" '{amount: $amount, currency: "USD", externalId: $id}')
curl -sf -u "$PK:$SK" -X POST https://api.mintcash.me/payments -d "$payload"
