<?php
use Illuminate\Support\Facades\Http;
use Illuminate\Support\Str;

class MintCash
{
    public function pay(Order $order)
    {
        return Http::withBasicAuth(config('mintcash.public'), config('mintcash.secret'))
            ->post(config('mintcash.url') . '/payments', [
                'amount' => $order->cents,
                'currency' => $order->currency,
                'externalId' => (string) Str::uuid(),
            ]);
    }

    public function subscribe(User $user, Plan $plan)
    {
        return Http::withBasicAuth(config('mintcash.public'), config('mintcash.secret'))
            ->retry(3, 200)
            ->post(config('mintcash.url') . '/subscriptions', [
                'amount' => $plan->cents,
                'currency' => 'USD',
                'externalId' => $user->id,
            ]);
    }
}
