<?php
if ($_SERVER['HTTP_X_SIGNATURE'] !== WEBHOOK_TOKEN) {
    http_response_code(401);
}
