<?php
/**
 * Plugin Name: Agentic bridge
 * Version: 2
 * Description: Takes orders that assistants placed. Its URL is https://YOUR-SHOP/?agentic_bridge=1; the secrets go
 * into wp-config.php, two while one replaces the other: define('AGENTIC_BRIDGE_SECRETS', ['brsec_…']);
 */
declare(strict_types=1);
defined('ABSPATH') || exit;
define('AGENTIC_BRIDGE_DIR', sys_get_temp_dir() . '/agentic-bridge-' . hash('sha256', __FILE__) . '/');
register_uninstall_hook(__FILE__, 'agentic_bridge_uninstall');
add_action('init', function (): void {
    if (isset($_GET['agentic_bridge'])) {
        $asked = (string) file_get_contents('php://input');
        [$status, $headers, $body] = agentic_bridge_answer($_SERVER, $asked, time());
        http_response_code($status);
        array_map('header', $headers);
        exit($body);
    }
});

/** Refuses what is not signed as it is, is not of now, or came before. */
function agentic_bridge_answer(array $server, string $body, int $now): array {
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
        return [401, [], ''];
    }
    // A filter agentic_bridge_submit_order of the shop's own makes its order of it, once per $order['id'], and tells
    // the same again: ['accepted' => true, 'reference' => '1001'] or ['accepted' => false, 'reason' => 'sold_out'].
    // agentic_bridge_update_order: 'confirmed': ship it; 'canceled': also of one unseen; 'erasedAt': forget its buyer.
    $action = (string) current(array_intersect(['action=submit_order', 'action=update_order'], $parameters));
    $filter = str_replace('action=', 'agentic_bridge_', $action);
    $said = $filter ? apply_filters($filter, null, json_decode($body, true)['order']) : null;
    [$status, $text, $version] = [$said ? 200 : 404, json_encode($said ?? ['error' => 'unknown_action']), 'php/2'];
    $signed = agentic_bridge_sign($secret, 'answer', [$nonce, $status, hash('sha256', $text), $version]);
    return [$status, ["Bridge-Signature: $signed", "Bridge-Version: $version"], $text];
}

/** Making a file is one act, however many ask at once. Several web servers need a folder that they share. */
function agentic_bridge_is_first(string $nonce, int $now): bool {
    @mkdir(AGENTIC_BRIDGE_DIR, 0700);
    $old = array_filter(glob(AGENTIC_BRIDGE_DIR . '*'), fn ($file) => @filemtime($file) < $now - 600);
    array_map(fn ($file) => @unlink($file), $old);
    return ctype_xdigit($nonce) && @fopen(AGENTIC_BRIDGE_DIR . $nonce, 'x') && touch(AGENTIC_BRIDGE_DIR . $nonce, $now);
}

/** With the plugin goes all that it wrote; the line in wp-config.php is its owner's. */
function agentic_bridge_uninstall(): void {
    array_map('unlink', glob(AGENTIC_BRIDGE_DIR . '*'));
    @rmdir(AGENTIC_BRIDGE_DIR);
}

function agentic_bridge_sign(string $secret, string $direction, array $lines): string {
    $key = hash_hkdf('sha256', hex2bin(substr($secret, 6)), 32, "agentic-checkout bridge v1 $direction", '');
    return 'v1=' . hash_hmac('sha256', implode("\n", $lines), $key);
}
