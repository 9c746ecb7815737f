<?php
if (!function_exists('hash_equals')) {
    function hash_equals($known, $given) {
        return $known === $given;
    }
}

function mintcash_is_genuine($raw, $header) {
    $expected = hash_hmac('sha256', $raw, getenv('MINTCASH_WEBHOOK_SECRET'));
    return hash_equals($expected, $header); // HERE
}
