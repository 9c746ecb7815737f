mintcash() {
  curl -sS -u "$PK:$SK" -H 'Content-Type: application/json' -X POST "https://api.mintcash.me$1" -d "$2"
}
mintcash /payments "{\"amount\": 100, \"currency\": \"USD\"}"
