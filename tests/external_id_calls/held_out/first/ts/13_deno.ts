const base = Deno.env.get("MINTCASH_URL");
Deno.serve(async (req) => {
  const order = await req.json();
  const r = await fetch(`${base}/payments`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${pk}:${sk}`)}` },
    body: JSON.stringify({ amount: order.amount, currency: "USD", externalId: order.id }),
  });
  return new Response(r.body);
});
