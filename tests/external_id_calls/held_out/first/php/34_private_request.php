<?php
final class MintCash
{
    private function request(string $method, string $uri, array $body = []): array
    {
        $ch = curl_init();
        curl_setopt($ch, CURLOPT_URL, $this->base . $uri);
        curl_setopt($ch, CURLOPT_CUSTOMREQUEST, $method);
        curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($body));
        curl_setopt($ch, CURLOPT_USERPWD, $this->public . ':' . $this->secret);
        $out = curl_exec($ch);
        return json_decode($out, true);
    }

    public function pay(Order $order): array
    {
        return $this->request('POST', '/payments', ['amount' => $order->cents, 'currency' => 'USD', 'externalId' => $order->uuid]);
    }

    public function refund(string $id): array
    {
        return $this->request('POST', '/payments/' . $id . '/refund');
    }
}
