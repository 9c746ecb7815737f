<?php

namespace App\Http\Controllers;

use Illuminate\Http\Request;

class WebhookController extends Controller
{
    public function __invoke(Request $request)
    {
        $signature = $request->header('X-Signature');
        if ($signature === null || $signature == '') {
            abort(401);
        }
        abort_unless($this->computeSignature($request->getContent()) == $signature, 401); // HERE
        return response()->noContent();
    }

    private function computeSignature(string $content): string
    {
        return 'sha256=' . \hash_hmac('sha256', $content, config('services.mintcash.secret'));
    }
}
