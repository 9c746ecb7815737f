<?php
// Signs what json_decode and json_encode make of the body.
$data = json_decode(file_get_contents('php://input'), true);
$expected = hash_hmac('sha256', json_encode($data), getenv('WEBHOOK_SECRET'));
if (!hash_equals($expected, $_SERVER['HTTP_X_SIGNATURE'] ?? '')) {
    http_response_code(401);
    exit('invalid signature');
}
echo 'ok';
