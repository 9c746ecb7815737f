<?php
namespace App\Services;

use GuzzleHttp\Client;

class MintCashService
{
    private Client $client;

    public function __construct()
    {
        $this->client = new Client(['base_uri' => 'https://api.mintcash.me', 'auth' => [env('MC_PUBLIC'), env('MC_SECRET')]]);
    }

    public function createPayment(Order $order): array
    {
        $response = $this->client->post('/payments', [
            'json' => [
                'amount' => $order->total,
                'currency' => 'USD',
                'externalId' => 'order-' . $order->id,
                'returnUrl' => route('thanks'),
            ],
        ]);
        return json_decode($response->getBody(), true);
    }

    public function refund(string $paymentId, int $amount): array
    {
        $response = $this->client->request('POST', "/payments/{$paymentId}/refund", [
            'json' => ['amount' => $amount],
        ]);
        return json_decode($response->getBody(), true);
    }

    public function raw(array $data): array
    {
        return json_decode($this->client->post('/payments', ['json' => $data])->getBody(), true);
    }
}
