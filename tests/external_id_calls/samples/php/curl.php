<?php
function mintcash_subscribe(array $plan): array
{
    $payload = [
        'amount' => $plan['cents'],
        'currency' => 'EUR',
        'billingIntervalDays' => 30,
    ];
    $payload['externalId'] = $plan['key'];

    $ch = curl_init('https://api.mintcash.me/subscriptions');
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    curl_setopt($ch, CURLOPT_POST, true);
    curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($payload));
    curl_setopt($ch, CURLOPT_HTTPHEADER, ['Content-Type: application/json']);
    $result = curl_exec($ch);
    curl_close($ch);
    return json_decode($result, true);
}

function mintcash_pay(int $cents): array
{
    $curl = curl_init();
    curl_setopt_array($curl, [
        CURLOPT_URL => 'https://api.mintcash.me/payments',
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_CUSTOMREQUEST => 'POST',
        CURLOPT_POSTFIELDS => json_encode(['amount' => $cents, 'currency' => 'EUR']),
    ]);
    return json_decode(curl_exec($curl), true);
}
