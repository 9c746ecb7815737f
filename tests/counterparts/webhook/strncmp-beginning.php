<?php
// Compares sixteen characters, whatever follows.
$raw = file_get_contents('php://input');
$sent = $_SERVER['HTTP_X_SIGNATURE'] ?? '';
if (strncmp(hash_hmac('sha256', $raw, getenv('WEBHOOK_SECRET')), $sent, 16) !== 0) {
    http_response_code(401);
    exit('invalid signature');
}
echo 'ok';
