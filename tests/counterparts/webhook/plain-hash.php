<?php
// No HMAC: secret and body in one hash.
$raw = file_get_contents('php://input');
if (!hash_equals(hash('sha256', getenv('WEBHOOK_SECRET') . $raw), $_SERVER['HTTP_X_SIGNATURE'] ?? '')) {
    http_response_code(401);
    exit('invalid signature');
}
echo 'ok';
