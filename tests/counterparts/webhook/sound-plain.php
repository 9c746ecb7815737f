<?php
// php://input and hash_equals, nothing else.
$raw = file_get_contents('php://input');
$sent = $_SERVER['HTTP_X_SIGNATURE'] ?? '';
$expected = hash_hmac('sha256', $raw, getenv('WEBHOOK_SECRET'));
if (!hash_equals($expected, $sent)) {
    http_response_code(401);
    exit('invalid signature');
}
$event = json_decode($raw, true, 512, JSON_THROW_ON_ERROR);
if ($event['environment'] !== 'live') {
    http_response_code(400);
    exit('wrong environment');
}
http_response_code(200);
echo 'ok';
