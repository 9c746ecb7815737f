<?php
function signed_headers($body)
{
    $signature = hash_hmac('sha256', $body, API_SECRET);
    return ['X-Api-Sign: ' . $signature];
}
function create_order($body)
{
    $answer = http_post(URL, $body, signed_headers($body));
    return $answer['status'] === 200;
}
