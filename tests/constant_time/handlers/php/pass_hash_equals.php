<?php
declare(strict_types=1);

$body = file_get_contents('php://input');
$given = $_SERVER['HTTP_X_SIGNATURE'] ?? null;
if ($given === null) {
    http_response_code(401);
    exit;
}
$mac = hash_hmac('sha256', $body, getenv('SECRET'));
if (strlen($given) !== strlen($mac) || !hash_equals($mac, $given)) { // HERE
    http_response_code(401);
    exit;
}
$event = json_decode($body, true);
if ($event['environment'] !== 'live') {
    http_response_code(400);
}
