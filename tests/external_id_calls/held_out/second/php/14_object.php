<?php
$payment = new stdClass();
$payment->amount = 499;
$payment->currency = 'USD';
$payment->externalId = $order->getIncrementId();
$client = new GuzzleHttp\Client();
$client->post('https://api.mintcash.me/payments', ['body' => json_encode($payment), 'auth' => [$pk, $sk]]);
