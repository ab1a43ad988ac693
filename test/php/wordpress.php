<?php
// As much of WordPress as the bridge sees: actions run, filters answer, requests are slashed. Served by `php -S`, it is
// a shop; from the command line, it says of each request that it reads whether the bridge lets it in.
declare(strict_types=1);
define('ABSPATH', __DIR__);
define('AGENTIC_BRIDGE_SECRETS', explode(',', getenv('BRIDGE_SECRETS')));

function add_action(string $hook, callable $run): void
{
    if ($hook === 'init' && PHP_SAPI === 'cli-server') {
        $_SERVER = array_map(fn ($value) => is_string($value) ? addslashes($value) : $value, $_SERVER);
        $run();
    }
}

/** Who deletes the plugin runs what it registered. */
function register_uninstall_hook(string $file, string $run): void
{
    if (getenv('BRIDGE_UNINSTALL')) {
        register_shutdown_function($run);
    }
}

/** The shop keeps an order under its id, by making a file, and tells of it as it did the first time. */
function apply_filters(string $filter, mixed $value, array $order): mixed
{
    if ($filter === 'agentic_bridge_update_order') {
        return ['heard' => $order['status']];
    }
    $kept = getenv('BRIDGE_ORDERS') . '/' . hash('sha256', $order['id']);
    $file = @fopen($kept, 'x');
    if ($file) {
        fwrite($file, json_encode(['accepted' => true, 'reference' => $order['buyer']['name'], 'at' => hrtime(true)]));
    }
    return json_decode(file_get_contents($kept), true);
}

require __DIR__ . '/../../infra/local/demo/agentic-bridge.php';

if (PHP_SAPI === 'cli') {
    $answers = [];
    foreach (json_decode(stream_get_contents(STDIN), true) as $request) {
        $server = ['REQUEST_METHOD' => $request['method'], 'REQUEST_URI' => base64_decode($request['target'])];
        foreach ($request['headers'] as $name => $value) {
            $server['HTTP_' . strtoupper(strtr($name, '-', '_'))] = base64_decode($value);
        }
        [$status, $lines, $body] = agentic_bridge_answer($server, base64_decode($request['body']), $request['now']);
        $headers = array_map(fn ($line) => explode(': ', $line, 2), $lines);
        $answers[] = ['status' => $status, 'headers' => (object) array_column($headers, 1, 0), 'body' => $body];
    }
    echo json_encode($answers);
}
