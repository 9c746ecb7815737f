// A minimal API. MintCash is called by a worker.
app.MapPost("/payments", async (CreatePayment body, Queue queue) => await queue.Send(body));
app.MapPost("/payments/{id}/refund", (string id) => Results.Accepted());
