<?php
final class Hook
{
    public function verifyWebhook(?Request $request): bool
    {
        $mac = hash_hmac('sha256', $request?->getBody() ?? '', $this->settings?->secret);
        if ($mac === '' || $mac === null || empty($mac) || strlen($mac) !== 64) {
            return false;
        }
        return hash_equals($mac, (string) $request?->headers?->get('x-signature')); // HERE
    }
}
