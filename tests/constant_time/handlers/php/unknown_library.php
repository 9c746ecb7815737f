<?php
$mac = hash_hmac('sha256', file_get_contents('php://input'), SECRET);
if (!Acme\Crypto::checkSame($mac, $_SERVER['HTTP_X_SIGNATURE'])) { // HERE
    http_response_code(401);
}
