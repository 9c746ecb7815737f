curl -u "$PK:$SK" "https://api.mintcash.me/payments/$1"
curl -X DELETE -u "$PK:$SK" "https://api.mintcash.me/subscriptions/$1"
