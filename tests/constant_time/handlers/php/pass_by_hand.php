<?php
function same_time($a, $b)
{
    if (strlen($a) !== strlen($b)) {
        return false;
    }
    $diff = 0;
    for ($i = 0; $i < strlen($a); $i++) {
        $diff |= ord($a[$i]) ^ ord($b[$i]); // HERE
    }
    return $diff === 0;
}
$ok = same_time(hash_hmac('sha256', file_get_contents('php://input'), SECRET), $_SERVER['HTTP_X_SIGNATURE']);
