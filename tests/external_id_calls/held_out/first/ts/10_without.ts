const mintcash = axios.create({ baseURL: 'https://api.mintcash.me', timeout: 10_000 });

type Body = { amount: number; currency: string; returnUrl: string };

export async function donate(cents: number): Promise<string> {
  const body: Body = { amount: cents, currency: 'USD', returnUrl: RETURN };
  const { data } = await mintcash.request<{ redirectUrl: string }>({ url: '/payments', method: 'POST', data: body });
  return data.redirectUrl;
}
