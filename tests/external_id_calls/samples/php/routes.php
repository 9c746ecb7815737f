<?php
// The shop's routes. MintCash is called by a package.
Route::post('/payments', [PaymentController::class, 'store']);
Route::post('/payments/{payment}/refund', [RefundController::class, 'store']);
$app->post('/subscriptions', function ($request, $response) { return $response; });
