<?php
add_action('rest_api_init', function () {
    register_rest_route('shop/v1', '/webhook', [
        'methods' => 'POST',
        'callback' => function (WP_REST_Request $request) {
            $computed = base64_encode(hash_hmac('sha256', $request->get_body(), get_option('secret'), true));
            if (!hash_equals($request->get_header('x_signature'), $computed)) { // HERE
                return new WP_Error('forbidden', 'no', ['status' => 401]);
            }
            return new WP_REST_Response(null, 204);
        },
    ]);
});
