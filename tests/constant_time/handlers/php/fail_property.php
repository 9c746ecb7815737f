<?php
class Verifier
{
    private $mac;

    public function load($body)
    {
        $this->mac = strtolower(hash_hmac('sha256', $body, $this->secret));
    }

    public function verify($given): bool
    {
        return strtolower($given) === $this->mac; // HERE
    }
}
