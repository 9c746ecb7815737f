<?php
class WC_Gateway_MintCash extends WC_Payment_Gateway {
    public function process_payment($order_id) {
        $order = wc_get_order($order_id);
        $response = wp_remote_post('https://api.mintcash.me/payments', array(
            'headers' => array('Authorization' => $this->auth_header(), 'Content-Type' => 'application/json'),
            'body' => wp_json_encode(array(
                'amount' => (int) round($order->get_total() * 100),
                'currency' => $order->get_currency(),
                'externalId' => 'wc-' . $order_id,
                'returnUrl' => $this->get_return_url($order),
            )),
        ));
        $data = json_decode(wp_remote_retrieve_body($response), true);
        return array('result' => 'success', 'redirect' => $data['redirectUrl']);
    }

    public function process_refund($order_id, $amount = null, $reason = '') {
        $body = array('amount' => (int) round($amount * 100), 'reason' => $reason);
        $response = wp_remote_post("https://api.mintcash.me/payments/{$this->payment_id($order_id)}/refund", array(
            'headers' => $this->headers(),
            'body' => json_encode($body),
        ));
        return !is_wp_error($response);
    }
}
