import { retry } from './retry';
import { mintcash } from './mintcash';

export async function subscribe(plan: Plan, user: User) {
  return retry(
    () =>
      mintcash.post('/subscriptions', {
        amount: plan.cents,
        currency: 'USD',
        billingIntervalDays: 30,
        externalId: `${user.id}-${Date.now()}`,
      }),
    { times: 3 },
  );
}
