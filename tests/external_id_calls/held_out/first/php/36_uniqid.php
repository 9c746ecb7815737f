<?php
$attempts = 0;
do {
    $response = Http::post('https://api.mintcash.me/payments', [
        'amount' => 500,
        'currency' => 'USD',
        'externalId' => uniqid('pay_'),
    ]);
    $attempts++;
} while ($response->serverError() && $attempts < 3);
