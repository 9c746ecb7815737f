<?php
// Verifies when the header is there.
$raw = file_get_contents('php://input');
if (isset($_SERVER['HTTP_X_SIGNATURE']) && $_SERVER['HTTP_X_SIGNATURE'] !== '') {
    if (!hash_equals(hash_hmac('sha256', $raw, getenv('WEBHOOK_SECRET')), $_SERVER['HTTP_X_SIGNATURE'])) {
        http_response_code(401);
        exit('invalid signature');
    }
}
echo 'ok';
