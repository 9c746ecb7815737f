<?php
$payload = file_get_contents('php://input');
$given = $_SERVER['HTTP_X_SIGNATURE'] ?? '';
$expected = hash_hmac('sha256', $payload, getenv('WEBHOOK_SECRET'));
if ($given !== $expected) { // HERE
    http_response_code(401);
    exit;
}
http_response_code(200);
