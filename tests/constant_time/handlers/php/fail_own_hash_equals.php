<?php
namespace Shop;

function hash_equals($known, $given) {
    return $known === $given; // HERE
}

function mintcash_is_genuine($raw, $header) {
    return hash_equals(hash_hmac('sha256', $raw, getenv('MINTCASH_WEBHOOK_SECRET')), $header);
}
