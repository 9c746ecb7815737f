<?php
// In the style of a framework: request, middleware, controller, response.
declare(strict_types=1);

final class Request
{
    public function __construct(
        public readonly string $method,
        public readonly string $path,
        public readonly array $headers,
        public readonly string $content,
    ) {
    }

    public static function fromGlobals(): self
    {
        $headers = array_change_key_case(getallheaders());
        $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
        return new self($_SERVER['REQUEST_METHOD'], $path, $headers, file_get_contents('php://input'));
    }
}

final class HttpException extends RuntimeException
{
    public function __construct(public readonly int $status, string $message)
    {
        parent::__construct($message);
    }
}

final class VerifySignature
{
    public function __construct(private readonly string $secret)
    {
    }

    public function handle(Request $request, callable $next): array
    {
        $expected = hash_hmac('sha256', $request->content, $this->secret);
        if (!hash_equals($expected, strtolower($request->headers['x-signature'] ?? ''))) {
            throw new HttpException(403, 'Invalid signature.');
        }
        return $next($request);
    }
}

final class WebhookController
{
    public function __invoke(Request $request): array
    {
        $event = json_decode($request->content, true, flags: JSON_THROW_ON_ERROR);
        if (($event['environment'] ?? null) !== 'live') {
            throw new HttpException(422, 'Not a live event.');
        }
        return ['received' => true];
    }
}

$request = Request::fromGlobals();
header('content-type: application/json');
try {
    if ($request->path !== '/webhooks/mintcash') {
        throw new HttpException(404, 'Not found.');
    }
    if ($request->method !== 'POST') {
        throw new HttpException(405, 'Method not allowed.');
    }
    $verify = new VerifySignature(getenv('WEBHOOK_SECRET'));
    echo json_encode($verify->handle($request, new WebhookController()));
} catch (HttpException $exception) {
    http_response_code($exception->status);
    echo json_encode(['message' => $exception->getMessage()]);
}
