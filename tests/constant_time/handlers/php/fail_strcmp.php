<?php
function verify_webhook($data, $header)
{
    $calculated = base64_encode(hash_hmac('sha256', $data, SECRET, true));
    return strcmp($calculated, $header) === 0; // HERE
}
