<?php
/**
 * A mail engine in PHP: publishes an open of each of three recipients, one event a job. Needs taskforcesh/bullmq-php, the
 * BullMQ project's own client, which is installed from its releases (https://docs.bullmq.io/php/introduction).
 *   php docs/examples/publish.php REDIS_URL [PREFIX]
 */

declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';

use BullMQ\Queue;

$redisUrl = $argv[1] ?? 'redis://127.0.0.1:6379/0';
$prefix = $argv[2] ?? 'postrider';

// One queue for each type of event; the name of a job is the type.
$queue = new Queue('events-open', ['connection' => $redisUrl, 'prefix' => $prefix]);

foreach (['anna@example.com', 'bernd@example.com', 'carla@example.com'] as $recipientId) {
    $event = [
        'type' => 'open',
        'clientId' => 7,
        'created' => (int) (microtime(true) * 1000),
        'mailingId' => 42,
        'recipientId' => $recipientId,
    ];
    // When this has returned, the event is Postrider's. ['events' => [...]] takes up to 1,000 at once.
    $queue->add('open', $event);
}
$queue->close();
