import { Injectable } from '@nestjs/common';
import { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';

interface CreatePayment {
  amount: number;
  currency: string;
  externalId: string;
  returnUrl?: string;
}

@Injectable()
export class MintCashService {
  private readonly base = process.env.MINTCASH_URL ?? 'https://sandbox.mintcash.me';

  constructor(private readonly http: HttpService) {}

  async create(order: Order): Promise<Payment> {
    const payload: CreatePayment = {
      amount: order.total,
      currency: order.currency,
      externalId: order.paymentKey,
      returnUrl: order.returnUrl,
    };
    const { data } = await firstValueFrom(this.http.post<Payment>(`${this.base}/payments`, payload));
    return data;
  }

  async refund(paymentId: string, amount?: number) {
    const payload = { ...(amount ? { amount } : {}), reason: 'customer_request' };
    const { data } = await firstValueFrom( 
      this.http.post(`${this.base}/payments/${paymentId}/refund`, payload),
    );
    return data;
  }
}
