export class MintcashProvider implements PaymentProvider {
  private client: AxiosInstance;

  constructor(cfg: Config) {
    this.client = axios.create({ baseURL: cfg.mintcash.url, auth: cfg.mintcash.auth });
  }

  async charge(req: ChargeRequest): Promise<ChargeResult> {
    const { orderId, amount, currency } = req;
    const resp = await this.client.post('/payments', {
      amount,
      currency,
      externalId: orderId,
      returnUrl: req.returnUrl,
    } satisfies MintcashPayment);
    return map(resp.data);
  }

  async refund(req: RefundRequest): Promise<void> {
    const externalId = `rf-${req.refundId}`;
    await this.client.post(`/payments/${req.paymentId}/refund`, { externalId, amount: req.amount });
  }
}
