<?php
/**
 * Plugin Name: Agentic bridge
 * Version: 2
 * Description: Takes orders that assistants placed. Its URL is https://YOUR-SHOP/?agentic_bridge=1; the secrets go
 * into wp-config.php, two while one replaces the other: define('AGENTIC_BRIDGE_SECRETS', ['brsec_…']);
 */

declare(strict_types=1);
defined('ABSPATH') || exit;

add_action('init', function (): void {
    if (isset($_GET['agentic_bridge'])) {
        $answer = agentic_bridge_answer($_SERVER, (string) file_get_contents('php://input'), time());
        http_response_code($answer['status']);
        array_map(fn ($name, $value) => header("$name: $value"), array_keys($answer['headers']), $answer['headers']);
        exit($answer['body']);
    }
});
register_uninstall_hook(__FILE__, 'agentic_bridge_uninstall');

/** Refuses what is not signed as it is, is not of now, or came before. */
function agentic_bridge_answer(array $server, string $body, int $now): array
{
    [$path, $query] = preg_split('/\?(?=.)/s', $server['REQUEST_URI'], 2) + [1 => ''];
    $parameters = explode('&', $query);
    sort($parameters, SORT_STRING);
    $header = fn ($name) => $server["HTTP_BRIDGE_$name"] ?? '';
    [$timestamp, $nonce, $signature] = array_map($header, ['TIMESTAMP', 'NONCE', 'SIGNATURE']);
    $lines = [$server['REQUEST_METHOD'], $path, implode('&', $parameters), hash('sha256', $body), $timestamp, $nonce];
    $isOneOf = fn ($ours) => array_filter(explode(',', $signature), fn ($given) => hash_equals($ours, $given));
    $isOurs = fn ($secret) => $isOneOf(agentic_bridge_sign($secret, 'request', $lines));
    $secret = current(array_filter(AGENTIC_BRIDGE_SECRETS, $isOurs));
    if (!$secret || abs($now - (int) $timestamp) > 300 || !agentic_bridge_is_first($nonce, $now)) {
        return ['status' => 401, 'headers' => [], 'body' => ''];
    }
    // A filter agentic_bridge_submit_order of the shop's own makes its order of it, once per $order['id'], and tells the
    // same again: ['accepted' => true, 'reference' => '1001'] or ['accepted' => false, 'reason' => 'sold_out'].
    // agentic_bridge_update_order: it is 'confirmed' and may be shipped, or 'canceled', which may come for one unseen.
    $actions = array_intersect(['action=submit_order', 'action=update_order'], $parameters);
    $filter = 'agentic_bridge_' . substr((string) current($actions), strlen('action='));
    $said = $actions ? apply_filters($filter, null, json_decode($body, true)['order']) : null;
    [$status, $text, $version] = [$said ? 200 : 404, json_encode($said ?? ['error' => 'unknown_action']), 'php/2'];
    $signed = agentic_bridge_sign($secret, 'answer', [$nonce, $status, hash('sha256', $text), $version]);
    $headers = ['Bridge-Signature' => $signed, 'Bridge-Version' => $version];
    return ['status' => $status, 'headers' => $headers, 'body' => $text];
}

/** Making a file is one act, however many ask at once. Several web servers need a folder that they share. */
function agentic_bridge_is_first(string $nonce, int $now): bool
{
    $folder = agentic_bridge_folder();
    is_dir($folder) || @mkdir($folder, 0700);
    foreach (array_filter(glob("$folder/*"), fn ($file) => @filemtime($file) < $now - 600) as $old) {
        @unlink($old);
    }
    return ctype_xdigit($nonce) && @fopen("$folder/$nonce", 'x') && touch("$folder/$nonce", $now);
}

function agentic_bridge_folder(): string
{
    return sys_get_temp_dir() . '/agentic-bridge-' . hash('sha256', __FILE__);
}

/** With the plugin goes all that it wrote; the line in wp-config.php is its owner's. */
function agentic_bridge_uninstall(): void
{
    array_map('unlink', glob(agentic_bridge_folder() . '/*'));
    @rmdir(agentic_bridge_folder());
}

function agentic_bridge_sign(string $secret, string $direction, array $lines): string
{
    $key = hash_hkdf('sha256', hex2bin(substr($secret, 6)), 32, "agentic-checkout bridge v1 $direction", '');
    return 'v1=' . hash_hmac('sha256', implode("\n", $lines), $key);
}
