import Stripe from 'stripe';
const stripe = new Stripe(process.env.STRIPE_KEY!);
export async function POST(request: Request) {
  const event = stripe.webhooks.constructEvent(await request.text(), request.headers.get('stripe-signature')!, process.env.STRIPE_SECRET!);
  if (event.type === 'charge.succeeded') await fulfil(event.data.object);
  return new Response(null);
}
