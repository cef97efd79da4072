<?php
/**
 * The same without Redis, with nothing but PHP: POST /rest/{clientId}/events. A user of the API comes from the
 * environment, POSTRIDER_USER and POSTRIDER_PASSWORD.
 *   php docs/examples/publishOverHttp.php http://localhost:3000
 */

declare(strict_types=1);

$url = ($argv[1] ?? 'http://localhost:3000') . '/rest/7/events';
$credentials = base64_encode(getenv('POSTRIDER_USER') . ':' . getenv('POSTRIDER_PASSWORD'));

$events = array_map(
    fn (string $recipientId): array => [
        'type' => 'open',
        'clientId' => 7,
        'created' => (int) (microtime(true) * 1000),
        'mailingId' => 42,
        'recipientId' => $recipientId,
    ],
    ['anna@example.com', 'bernd@example.com', 'carla@example.com'],
);
$body = json_encode(['events' => $events], JSON_THROW_ON_ERROR);
// Who sends the same body under the same key again, because no answer came, publishes nothing twice.
$key = hash('sha256', $body);

$request = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => "Authorization: Basic $credentials\r\nContent-Type: application/json\r\nIdempotency-Key: $key\r\n",
    'content' => $body,
    'ignore_errors' => true,
]]);
$stream = fopen($url, 'r', false, $request);
$answer = $stream === false ? 'no answer' : stream_get_contents($stream);
if ($stream === false || !str_contains(stream_get_meta_data($stream)['wrapper_data'][0], ' 202 ')) {
    fwrite(STDERR, "Not queued: $answer" . PHP_EOL);
    exit(1);
}
echo $answer, PHP_EOL;
