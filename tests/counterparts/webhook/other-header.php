<?php
// Reads the header that the old provider sent.
$raw = file_get_contents('php://input');
$sent = $_SERVER['HTTP_X_WEBHOOK_SIGNATURE'] ?? '';
if (!hash_equals(hash_hmac('sha256', $raw, getenv('WEBHOOK_SECRET')), $sent)) {
    http_response_code(401);
    exit('invalid signature');
}
echo 'ok';
