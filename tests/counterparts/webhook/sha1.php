<?php
// The hash of an older integration.
$raw = file_get_contents('php://input');
if (!hash_equals(hash_hmac('sha1', $raw, getenv('WEBHOOK_SECRET')), $_SERVER['HTTP_X_SIGNATURE'] ?? '')) {
    http_response_code(401);
    exit('invalid signature');
}
echo 'ok';
