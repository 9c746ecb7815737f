<?php

namespace App\Webhook;

use Symfony\Component\HttpFoundation\Request;

final class SignatureChecker
{
    public function __construct(private string $secret) {}

    public function isValid(Request $request): bool
    {
        $expected = $this->expected($request->getContent());
        return \hash_equals($expected, (string) $request->headers->get('x-signature')); // HERE
    }

    private function expected(string $content): string
    {
        return sprintf('%s', hash_hmac('sha256', $content, $this->secret));
    }
}
