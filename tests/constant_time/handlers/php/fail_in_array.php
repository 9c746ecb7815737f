<?php
$body = file_get_contents('php://input');
$macs = [];
foreach ($secrets as $secret) {
    $macs[] = hash_hmac('sha256', $body, $secret);
}
if (!in_array($_SERVER['HTTP_X_SIGNATURE'], $macs, true)) { // HERE
    header('HTTP/1.1 401 Unauthorized');
    die;
}
