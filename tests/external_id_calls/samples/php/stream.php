<?php
const MINTCASH = 'https://api.mintcash.me';

function pay($order)
{
    $context = stream_context_create([
        'http' => [
            'method' => 'POST',
            'header' => "Content-Type: application/json\r\nAuthorization: Basic " . MINTCASH_AUTH,
            'content' => json_encode(['amount' => $order->cents, 'currency' => 'USD', 'externalId' => $order->ref]),
        ],
    ]);
    return json_decode(file_get_contents(MINTCASH . '/payments', false, $context));
}

function refund($id)
{
    $context = stream_context_create(['http' => ['method' => 'POST', 'content' => json_encode(['reason' => 'item_returned'])]]);
    return file_get_contents(MINTCASH . "/payments/$id/refund", false, $context);
}
