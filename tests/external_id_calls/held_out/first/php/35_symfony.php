<?php
class SubscriptionStarter
{
    public function __construct(private HttpClientInterface $mintcashClient) {}

    public function start(Plan $plan): array
    {
        $payload = ['amount' => $plan->getCents(), 'currency' => 'EUR', 'billingIntervalDays' => 30];
        $payload += ['externalId' => $plan->getKey()];
        return $this->mintcashClient->request('POST', '/subscriptions', ['json' => $payload])->toArray();
    }

    public function raw(array $payload): array
    {
        return $this->mintcashClient->request('POST', '/payments', ['json' => $payload])->toArray();
    }
}
